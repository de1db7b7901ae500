// Makes keys and digests of the documents of the source.
import type { DuckDBConnection } from '@duckdb/node-api';
import { bucketOf, byBucket, comparedKey, digestOf, type Scope } from './fingerprints.ts';
import type { SourceDocument } from './source-documents.ts';
import { stagedRows } from './staged-rows.ts';

export async function readSource(
  connection: DuckDBConnection,
  documents: AsyncIterable<SourceDocument> | Iterable<SourceDocument>,
  scope: Scope,
  signal: AbortSignal,
): Promise<void> {
  const staged = await stagedRows(
    connection,
    ['key', 'data'],
    `INSERT INTO source SELECT ${bucketOf('key')}, key, digest
     FROM (SELECT ${comparedKey('key', scope)} AS key, ${digestOf('data')} AS digest FROM staged)
     ${byBucket}`,
  );
  for await (const { key, data } of documents) {
    if (!staged.add(key, scope.idsOnly ? '0' : data)) continue;
    signal.throwIfAborted();
    await staged.take();
  }
  await staged.end();
}
