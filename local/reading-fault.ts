// Turns a fault of reading the lake or its tables into one line for a person.
import { describeFault } from '../shared/lake/fault.ts';
import { CommandError } from './command.ts';

/**
 * Shows our own messages. Of the SDKs' errors it shows names and codes only, because their messages can contain a path.
 */
export function readingFault(what: string, error: unknown): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  const isOurs = error.message.startsWith('Cannot ');
  const told = isOurs ? error.message : `the lake must answer: ${describeFault(error)}: npm run doctor shows the cause`;
  return new CommandError(`Cannot read ${what}: ${told}`, { cause: error });
}
