// Runs a statement, and prints its rows. Errors are in DuckDB's own words.
import { CommandError } from '../command.ts';
import type { Progress } from '../progress.ts';
import { ambiguityOf, missingHint } from './asked-collections.ts';
import type { NamedCollection } from './collection-views.ts';
import { interruptible } from './interruptible.ts';
import type { LakeDatabase } from './lake-database.ts';
import { type InterruptiblePaper, type OutputForm, printResult } from './print-result.ts';

export interface QueryTerminal extends InterruptiblePaper {
  readonly note: (line: string) => void;
  readonly progress: Progress;
}

/**
 * Returns how many statements there are. Refuses a text without a statement: the binding would fail without a reason.
 * Refuses a bare name that several databases have: DuckDB would take it for the name of a view of the database `main`.
 * It looks at names before there are views.
 */
export async function countStatements(
  sql: string,
  { connection }: LakeDatabase,
  known: readonly NamedCollection[],
): Promise<number> {
  const count = await connection.extractStatements(sql).then(
    (statements) => statements.count,
    (error: unknown) => (messageOf(error).includes('Parser Error') ? 1 : 0),
  );
  if (count === 0) throw new CommandError(`Cannot query: the SQL must have a statement: it is ${JSON.stringify(sql)}`);
  for (const name of bareNames(connection.getTableNames(sql, true))) {
    const ambiguity = ambiguityOf(name, known);
    if (ambiguity !== undefined) throw new CommandError(ambiguity);
  }
  return count;
}

/** A fault can come late, because rows are fetched while they are printed. */
export async function answerQuery(
  sql: string,
  form: OutputForm,
  { connection }: LakeDatabase,
  known: readonly NamedCollection[],
  { progress, signal, write, width }: QueryTerminal,
): Promise<void> {
  const ticks = setInterval(() => {
    const { percentage } = connection.progress;
    // DuckDB does not know the progress of every step: it says 0, or less.
    progress.update(Math.max(0, percentage), percentage > 0 ? 100 : 0, 'Running the query');
  }, 250);
  const printed = (line: string): void => {
    progress.end();
    write(line);
  };
  try {
    await interruptible(connection, signal, async () =>
      printResult(await connection.stream(sql), form, { write: printed, width, signal }),
    );
  } catch (error) {
    const words = messageOf(error);
    const [, missing = ''] = /Table with name "?(.+?)"? does not exist/s.exec(words) ?? [];
    throw new CommandError(ambiguityOf(missing, known) ?? `${words}${missingHint(words, known)}`, { cause: error });
  } finally {
    clearInterval(ticks);
  }
}

/** Returns the names without a schema: of `shop.carts_latest` and `"orders_latest" AS o`, only `orders_latest`. */
function bareNames(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const [, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^".]+?))(?: AS .*)?$/s.exec(name) ?? [];
    return quoted?.replaceAll('""', '"') ?? plain ?? [];
  });
}

/** The binding adds its own words before those of DuckDB. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  return error.message.replace(/^Failed to \w+ statements?: /, '');
}
