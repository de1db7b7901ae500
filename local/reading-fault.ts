// What goes wrong while lake or tables are read → one line for the person who asked.
import { describeFault } from '../shared/lake/fault.ts';
import { CommandError } from './command.ts';

/** Our own messages are shown. Messages of the SDKs can contain a path, so only their names and codes are shown. */
export function readingFault(what: string, error: unknown): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  const isOurs = error.message.startsWith('Cannot ');
  const told = isOurs ? error.message : `the lake must answer: ${describeFault(error)}. npm run doctor says more`;
  return new CommandError(`Cannot read ${what}: ${told}`, { cause: error });
}
