// Dialects whose engine does not run here: Snowflake's in fakesnow, Kusto's on DuckDB, and a parser for each.
import type { AlertRule } from './alert-rules.ts';
import { type PythonWorker, pythonWorker } from './python-worker.ts';
import { type Row, rowsOf } from './spark.ts';

let worker: PythonWorker | undefined;

function dialects(): PythonWorker {
  worker ??= pythonWorker('dialects', 'dialects_worker.py');
  return worker;
}

export interface Parsed {
  readonly problems: readonly string[];
  /** sqlfluff's name for the kind of each statement. Statements in a procedure come after the procedure. */
  readonly kinds: readonly string[];
}

export async function parseSql(dialect: 'snowflake' | 'redshift' | 'tsql' | 'sparksql', text: string): Promise<Parsed> {
  const { result } = await dialects().call('parse', { dialect, text });
  return Object(result);
}

export interface SnowflakeStep {
  readonly sql: string;
  /** The values for `%s`. The statement runs once for each row. */
  readonly rows?: readonly (readonly unknown[])[];
}

/** Runs the steps in a new database, then the queries. Returns the rows of each query. */
export async function askSnowflake(
  steps: readonly SnowflakeStep[],
  questions: readonly string[],
): Promise<readonly (readonly Row[])[]> {
  const asked = questions.map((sql) => ({ sql, asked: true }));
  const { result } = await dialects().call('snowflake', { steps: [...steps, ...asked] });
  return rowsOf(result).map(rowsOf);
}

/** Runs the steps in a new database. Returns the rows of the last one. */
export async function runSnowflake(steps: readonly SnowflakeStep[]): Promise<readonly Row[]> {
  const { result } = await dialects().call('snowflake', { steps });
  return rowsOf(result);
}

/** Tables by name. The first value of each row is TimeGenerated. */
export type LogTables = Readonly<Record<'AppTraces' | 'AppRequests', readonly (readonly unknown[])[]>>;

export async function runKql(query: string, tables: Partial<LogTables>): Promise<readonly Row[]> {
  const { result } = await dialects().call('kql', { query, tables });
  return rowsOf(result);
}

/** Returns when each rule fires. Begin and end are ISO 8601 without a zone. */
export async function firedTimes(
  rules: readonly AlertRule[],
  tables: LogTables,
  from: string,
  to: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { result } = await dialects().call('fired', { rules, tables, begin: from, end: to });
  return Object(result);
}
