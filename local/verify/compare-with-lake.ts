// Reads the lake and the source, and compares them. Both go through the same database on disk.
import { bytesOf } from '../load/read-load-options.ts';
import { knownCollections } from '../query/known-collections.ts';
import type { LakeDatabase } from '../query/lake-database.ts';
import type { Places } from '../query/open-places.ts';
import { type Comparison, compare } from './compare.ts';
import { assertNotEnded } from './ended-collection.ts';
import { prepareFingerprints } from './fingerprints.ts';
import { readLake } from './lake-fingerprints.ts';
import { type Asked, scopeOf } from './read-verify-options.ts';
import { expectedIds, sourceDocuments } from './source-documents.ts';
import { readSource } from './source-fingerprints.ts';
import type { VerifyTerminal } from './verify-terminal.ts';

export interface LakeComparison extends Comparison {
  /** Lines of the collection in the lake that are no change events. */
  readonly unreadable: number;
  /** The same, of files outside of folders that no collection has. */
  readonly flatUnreadable: number;
}

/** `memory` is the limit of DuckDB's buffers. */
export async function compareWithLake(
  asked: Asked,
  places: Places,
  database: LakeDatabase,
  memory: string,
  { progress, signal }: VerifyTerminal,
): Promise<LakeComparison> {
  const { connection, folder } = database;
  const scope = scopeOf(asked);
  await prepareFingerprints(connection, folder, memory);

  let read = 0;
  const onRead = (bytes: number): void => {
    read += bytes;
    progress.update(0, 0, `reading the lake: ${(read / 1_000_000).toFixed(1)} MB`);
  };
  let unreadable = 0;
  // A lake without the collection has no changes, so everything is missing.
  const { collections, flatUnreadable } = await knownCollections(places, signal);
  for (const one of collections)
    if (one.database === asked.namespace.database && one.collection === asked.namespace.collection)
      unreadable += await readLake(one, { places, database, scope, onRead, signal });

  signal.throwIfAborted();
  await assertNotEnded(connection, asked.namespace, asked.unchangedSince);

  await readSource(connection, source(), scope, signal);
  const comparison = await compare(connection, scope, (rows, total) => {
    progress.update(rows, total, 'comparing');
    signal.throwIfAborted();
  });
  signal.throwIfAborted();
  return { ...comparison, unreadable, flatUnreadable };

  function source() {
    const snapshot = { ...asked.namespace, shardKey: asked.shardKey, seconds: 0 };
    const { expect, dumps } = asked;
    const total = bytesOf(expect === undefined ? dumps : [{ file: expect }]);
    let done = 0;
    const onRead = (bytes: number): void => {
      done += bytes;
      progress.update(done, total, expect === undefined ? 'reading the dump' : 'reading the ids');
    };
    return expect === undefined
      ? sourceDocuments(dumps, snapshot, places.settings, onRead)
      : expectedIds(expect, snapshot, places.settings, onRead);
  }
}
