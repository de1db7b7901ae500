// Turns a fault of reading the lake or its tables into one line for a person.
import { describeFault, isOurs } from '../shared/lake/fault.ts';
import { CommandError } from './command.ts';

/** Shows our own messages, and of other errors only names and codes. */
export function readingFault(what: string, error: unknown): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  const told = isOurs(error)
    ? error.message
    : `the lake must answer: ${describeFault(error)}: npm run doctor shows the cause`;
  return new CommandError(`Cannot read ${what}: ${told}`, { cause: error });
}
