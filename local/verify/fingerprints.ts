// The database of a comparison. It keeps keys and digests on disk, not documents. Rows with the same key are in the
// same bucket. So the comparison reads bucket after bucket, and holds few rows at once.
import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbText } from '../views/duckdb/duckdb-dialect.ts';

export interface Scope {
  /** Compares ids only: no documents, and only the `_id` of a document key. */
  readonly idsOnly: boolean;
  /** Leaves out documents that changed at this second or later: the source does not have these changes. */
  readonly unchangedSince: number | undefined;
}

export const buckets = 65_536;

export async function prepareFingerprints(connection: DuckDBConnection, folder: string, memory: string): Promise<void> {
  await connection.run(`SET memory_limit = '${memory}'`);
  // Each thread has buffers of its own, also beside this limit.
  await connection.run('SET threads = 1');
  await connection.run(`SET temp_directory = ${duckdbText(folder)}`);
  await connection.run('SET preserve_insertion_order = false');
  await connection.run('CREATE TABLE source (bucket USMALLINT, key VARCHAR, digest UHUGEINT, identity UHUGEINT)');
  await connection.run(`CREATE TABLE changes (bucket USMALLINT, "operationType" VARCHAR, sequence VARCHAR,
    "documentKey" VARCHAR, data UHUGEINT, "isSnapshot" BOOLEAN, file VARCHAR)`);
}

/**
 * One spelling of a JSON text, so that only values are compared. DuckDB refuses half of a character of two parts, such
 * as "\ud800". A text with one keeps its spelling.
 */
export const normalText = (column: string): string => `coalesce(TRY(CAST(json(${column}) AS VARCHAR)), ${column})`;

export const digestOf = (column: string): string => `md5_number(${normalText(column)})`;

/** The key that is compared, from a document key in its one spelling. A long key takes much memory to spell. */
export function comparedKey(column: string, { idsOnly }: Scope): string {
  const id = `coalesce(TRY(CAST(json_extract(${column}, '$._id') AS VARCHAR)), ${column})`;
  return idsOnly ? id : column;
}

/**
 * A row without a key has no bucket. DuckDB's own hash is not used here. Its joins use it, and the keys of one part
 * would share its last bits.
 */
export const bucketOf = (key: string): string => `CAST(md5_number_lower(${key}) % ${buckets} AS USMALLINT)`;

/** Sorts the rows of each insert by bucket. So a part skips most vectors of a table, and does not read their texts. */
export const byBucket = 'ORDER BY 1';
