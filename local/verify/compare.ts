// Two sets of documents, by key and digest, in DuckDB: its tables go to disk, so memory stays small however many there are.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { SourceDocument } from './source-documents.ts';

export interface Comparison {
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** Some keys of each, in their order. */
  readonly sample: Readonly<Record<Difference, readonly string[]>>;
}

export type Difference = 'missing' | 'extra' | 'different';

/** What of the lake is compared. */
export interface Newest {
  /** Selects `_key` and `_data` of the newest state. */
  readonly latest: string;
  /** What to select all changes from. */
  readonly changes: string;
}

export interface Scope {
  /** Ids alone: documents are not compared, and of a document key only its `_id`. */
  readonly idsOnly: boolean;
  /** Documents that changed at this second or later are left out: the source does not have these changes. */
  readonly unchangedSince: number | undefined;
}

const rowsAtOnce = 5_000;
const bytesAtOnce = 16 * 1024 * 1024;
const sampled = 10;

/** One spelling of a JSON text, so that only values are compared. */
const normal = (column: string): string => `json(${column})`;
const digest = (column: string): string => `md5_number(CAST(${normal(column)} AS VARCHAR))`;

export async function prepareComparison(connection: DuckDBConnection, folder: string, memory: string): Promise<void> {
  await connection.run(`SET memory_limit = '${memory}'`);
  await connection.run(`SET threads = 2`);
  await connection.run(`SET temp_directory = '${folder.replaceAll("'", "''")}'`);
  await connection.run('SET preserve_insertion_order = false');
  await connection.run('CREATE TABLE source_text (key VARCHAR, data VARCHAR)');
  await connection.run('CREATE TABLE source (key VARCHAR, digest UHUGEINT)');
}

export async function readSource(
  connection: DuckDBConnection,
  documents: AsyncIterable<SourceDocument> | Iterable<SourceDocument>,
  { idsOnly }: Scope,
): Promise<number> {
  const key = keyOf('key', idsOnly);
  let rows: SourceDocument[] = [];
  let bytes = 0;
  let count = 0;
  for await (const document of documents) {
    rows.push(document);
    bytes += document.key.length + document.data.length;
    count++;
    if (rows.length < rowsAtOnce && bytes < bytesAtOnce) continue;
    await keep();
  }
  await keep();
  return count;

  async function keep(): Promise<void> {
    const appender = await connection.createAppender('source_text');
    for (const document of rows) {
      appender.appendVarchar(document.key);
      appender.appendVarchar(idsOnly ? '0' : document.data);
      appender.endRow();
    }
    appender.closeSync();
    await connection.run(`INSERT INTO source SELECT ${key}, ${digest('data')} FROM source_text`);
    await connection.run('TRUNCATE source_text');
    rows = [];
    bytes = 0;
  }
}

export async function compare(connection: DuckDBConnection, newest: Newest, scope: Scope): Promise<Comparison> {
  const data = scope.idsOnly ? "'0'" : '_data';
  const key = keyOf('_key', scope.idsOnly);
  await connection.run(`CREATE TABLE lake AS SELECT ${key} AS key, ${digest(data)} AS digest FROM (${newest.latest})`);
  await connection.run(`CREATE TABLE changed_since AS ${changedSince(newest.changes, scope)}`);
  await connection.run(`CREATE TABLE differences AS
    SELECT coalesce(s.key, l.key) AS key,
      CASE WHEN l.key IS NULL THEN 'missing' WHEN s.key IS NULL THEN 'extra' ELSE 'different' END AS kind
    FROM (SELECT key, max(digest) AS digest FROM source GROUP BY key) s
    FULL JOIN lake l ON s.key = l.key
    WHERE (l.key IS NULL OR s.key IS NULL OR l.digest IS DISTINCT FROM s.digest)
      AND coalesce(s.key, l.key) NOT IN (SELECT key FROM changed_since)`);
  const [missing, extra, different] = [await found('missing'), await found('extra'), await found('different')];
  return {
    missing: missing.count,
    extra: extra.count,
    different: different.count,
    sample: { missing: missing.keys, extra: extra.keys, different: different.keys },
  };

  async function found(kind: Difference): Promise<{ readonly count: number; readonly keys: readonly string[] }> {
    const counted = await connection.runAndReadAll(`SELECT count(*) FROM differences WHERE kind = '${kind}'`);
    const listed = await connection.runAndReadAll(
      `SELECT key FROM differences WHERE kind = '${kind}' ORDER BY key LIMIT ${sampled}`,
    );
    return { count: Number(counted.getRows()[0]?.[0]), keys: listed.getRows().map(([one]) => String(one)) };
  }
}

/** The time comes first in a token, so later changes are those with a greater one. */
function changedSince(changes: string, { idsOnly, unchangedSince }: Scope): string {
  if (unchangedSince === undefined) return 'SELECT CAST(NULL AS VARCHAR) AS key WHERE false';
  const token = `82${unchangedSince.toString(16).padStart(8, '0').toUpperCase()}`;
  return `SELECT DISTINCT ${keyOf('documentKey', idsOnly)} AS key FROM ${changes}
    WHERE sequence >= '${token}' AND documentKey IS NOT NULL AND coalesce(json_extract(rest, '$.snapshot'), 'false') <> 'true'`;
}

function keyOf(column: string, idsOnly: boolean): string {
  return idsOnly ? `CAST(json_extract(${column}, '$._id') AS VARCHAR)` : `CAST(${normal(column)} AS VARCHAR)`;
}
