// Compares the newest state of the lake with the source, in parts. Each part has a limited number of rows.
import type { DuckDBConnection } from '@duckdb/node-api';
import { tokenTime } from '../load/snapshot-token.ts';
import { internalSchema } from '../query/event-store.ts';
import { duckdbDialect } from '../views/duckdb/duckdb-dialect.ts';
import { latestQuery } from '../views/view-queries.ts';
import { type Differences, rowsOf, summary } from './differences.ts';
import { buckets, comparedKey, type Scope } from './fingerprints.ts';

export interface Comparison extends Differences {
  /** Keys that the source has several times, with other content. Each content is right: a load stores one of them. */
  readonly repeated: number;
}

export interface PartLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** Rows of both sides, and the bytes of their texts. */
const partLimits: PartLimits = { rows: 250_000, bytes: 32 * 1024 * 1024 };

/** `onCompared` gets the number of compared rows and of all rows, after each part. */
export async function compare(
  connection: DuckDBConnection,
  scope: Scope,
  onCompared: (rows: number, total: number) => void,
  limits: PartLimits = partLimits,
): Promise<Comparison> {
  await connection.run('CREATE TABLE differences (key VARCHAR, kind VARCHAR, "lakeKey" VARCHAR, shared BOOLEAN)');
  const { rows, bytes } = await sizeOf(connection);
  const parts = Math.min(buckets, Math.max(1, Math.ceil(rows / limits.rows), Math.ceil(bytes / limits.bytes)));
  let compared = 0;
  let repeated = 0;
  for (let part = 0; part < parts; part++) {
    const first = Math.floor((part * buckets) / parts);
    const end = Math.floor(((part + 1) * buckets) / parts);
    const isInPart = `bucket >= ${first} AND bucket < ${end}`;
    const found = await comparePart(connection, isInPart, scope);
    compared += found.rows;
    repeated += found.repeated;
    onCompared(compared, rows);
  }
  return { ...(await summary(connection)), repeated };
}

async function sizeOf(connection: DuckDBConnection): Promise<{ readonly rows: number; readonly bytes: number }> {
  const [found] = await rowsOf(
    connection,
    `SELECT sum(rows), sum(bytes) FROM (
      SELECT count(*) AS rows, sum(strlen(key)) AS bytes FROM source UNION ALL
      SELECT count(*), sum(strlen(sequence) + coalesce(strlen("documentKey"), 0)) FROM changes)`,
  );
  return { rows: Number(found?.[0] ?? 0), bytes: Number(found?.[1] ?? 0) };
}

interface Part {
  /** Of both sides. */
  readonly rows: number;
  readonly repeated: number;
}

async function comparePart(connection: DuckDBConnection, isInPart: string, scope: Scope): Promise<Part> {
  // An event counts once: the row of the table, else the line with the first file name. Each part has the drops and
  // renames of the collection.
  await connection.run(`CREATE OR REPLACE TEMP TABLE part AS
    SELECT "operationType", sequence, "documentKey", CAST(NULL AS TIMESTAMP) AS "clusterTime", data, "isSnapshot" FROM changes
    WHERE (${isInPart}) OR bucket IS NULL
    QUALIFY row_number() OVER (PARTITION BY sequence ORDER BY file NULLS FIRST) = 1`);
  const digest = scope.idsOnly ? "md5_number('0')" : '_data';
  const repeated = await keepRepeated(connection, isInPart);
  await connection.run(`INSERT INTO differences
    WITH s AS (SELECT key, max(digest) AS digest, min(identity) <> max(identity) AS shared
        FROM source WHERE ${isInPart} GROUP BY key),
      l AS (SELECT ${comparedKey('_key', scope)} AS key, ${digest} AS digest, _key
        FROM (${latestQuery('part', [], duckdbDialect(internalSchema))}))
    SELECT coalesce(s.key, l.key) AS key,
      CASE WHEN l.key IS NULL THEN 'missing' WHEN s.key IS NULL THEN 'extra' ELSE 'different' END AS kind,
      ${scope.idsOnly ? '_key' : 'NULL'} AS "lakeKey", coalesce(s.shared, false) AS shared
    FROM s FULL JOIN l ON s.key = l.key LEFT JOIN repeated r ON r.key = l.key AND r.digest = l.digest
    WHERE (l.key IS NULL OR s.key IS NULL OR l.digest IS DISTINCT FROM s.digest OR s.shared)
      AND r.key IS NULL AND coalesce(s.key, l.key) NOT IN (${changedSince(scope)})`);
  const [found] = await rowsOf(
    connection,
    `SELECT (SELECT count(*) FROM part) + (SELECT count(*) FROM source WHERE ${isInPart})`,
  );
  return { rows: Number(found?.[0]), repeated };
}

/** Keeps each document of the keys that the source has several times. Returns how many keys that are. */
async function keepRepeated(connection: DuckDBConnection, isInPart: string): Promise<number> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE repeated AS
    SELECT DISTINCT key, digest FROM source WHERE ${isInPart} AND key IN (
      SELECT key FROM source WHERE ${isInPart} GROUP BY key
      HAVING min(digest) <> max(digest) AND (min(identity) <> max(identity)) IS NOT TRUE)`);
  const [found] = await rowsOf(connection, 'SELECT count(DISTINCT key) FROM repeated');
  return Number(found?.[0]);
}

/** Later changes have a greater token. */
function changedSince(scope: Scope): string {
  if (scope.unchangedSince === undefined) return 'SELECT CAST(NULL AS VARCHAR) WHERE false';
  return `SELECT ${comparedKey('"documentKey"', scope)} FROM part
    WHERE sequence >= '${tokenTime(scope.unchangedSince)}' AND "documentKey" IS NOT NULL AND NOT "isSnapshot"`;
}
