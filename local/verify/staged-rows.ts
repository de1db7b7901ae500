// Collects rows for DuckDB. Their texts wait in memory up to two limits. Then DuckDB keeps their keys and digests.
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';

export interface StagingLimits {
  readonly rows: number;
  readonly bytes: number;
}

export interface StagedRows {
  /** Returns true if DuckDB must take the rows before the next one. */
  readonly add: (...texts: readonly (string | null)[]) => boolean;
  /** Runs the statement over the rows that wait, and forgets their texts. */
  readonly take: () => Promise<void>;
  readonly end: () => Promise<void>;
}

export const stagingLimits: StagingLimits = { rows: 20_000, bytes: 8 * 1024 * 1024 };

/** `statement` reads the rows from the table `staged`. All its columns are text. */
export async function stagedRows(
  connection: DuckDBConnection,
  columns: readonly string[],
  statement: string,
  limits: StagingLimits = stagingLimits,
): Promise<StagedRows> {
  const list = columns.map((name) => `"${name}" VARCHAR`).join(', ');
  let appender = await newTable();
  let rows = 0;
  let bytes = 0;
  return { add, take, end };

  /** Each time a new table: DuckDB keeps the blocks of a truncated one. A temporary table writes no log. */
  async function newTable(): Promise<DuckDBAppender> {
    await connection.run(`CREATE OR REPLACE TEMP TABLE staged (${list})`);
    return await connection.createAppender('staged', 'main', 'temp');
  }

  function add(...texts: readonly (string | null)[]): boolean {
    for (const text of texts) bytes += append(appender, text);
    appender.endRow();
    rows++;
    return rows >= limits.rows || bytes >= limits.bytes;
  }

  async function take(): Promise<void> {
    if (rows === 0) return;
    appender.closeSync();
    await connection.run(statement);
    appender = await newTable();
    rows = 0;
    bytes = 0;
  }

  async function end(): Promise<void> {
    await take();
    appender.closeSync();
    await connection.run('DROP TABLE staged');
  }
}

function append(appender: DuckDBAppender, text: string | null): number {
  if (text === null) appender.appendNull();
  else appender.appendVarchar(text);
  return text?.length ?? 0;
}
