// Makes keys and digests of the documents of the source.
import type { DuckDBConnection } from '@duckdb/node-api';
import { bucketOf, byBucket, comparedKey, digestOf, normalText, type Scope } from './fingerprints.ts';
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
    ['key', 'data', 'identity'],
    `INSERT INTO source SELECT ${bucketOf('key')}, key, digest, identity
     FROM (SELECT ${comparedKey('key', scope)} AS key, digest, identity
       FROM (SELECT ${normalText('key')} AS key, ${digestOf('data')} AS digest, md5_number(identity) AS identity
         FROM staged))
     ${byBucket}`,
  );
  for await (const { key, data, identity = null } of documents) {
    const isFull = scope.idsOnly ? staged.add(key, '0', null) : staged.add(key, data, identity);
    if (!isFull) continue;
    signal.throwIfAborted();
    await staged.take();
  }
  await staged.end();
}
