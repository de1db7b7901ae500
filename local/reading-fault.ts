// Turns a fault of reading the lake or its tables into one line for a person.
import { describeFault, isOurs } from '../shared/lake/fault.ts';
import { CommandError } from './command.ts';
import { duckdbFault } from './query/duckdb-fault.ts';

/** Shows our own messages, and of other errors only names, codes and types. */
export function readingFault(what: string, error: unknown): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  return new CommandError(`Cannot read ${what}: ${isOurs(error) ? error.message : whatMustHold(error)}`, {
    cause: error,
  });
}

function whatMustHold(error: Error): string {
  const ofDuckdb = duckdbFault(error);
  if (ofDuckdb !== undefined) return `DuckDB must be able to read it: ${ofDuckdb}`;
  return `the lake must answer: ${describeFault(error)}: npm run doctor shows the cause`;
}
