// Counts the document keys in the latest state of the lake. Reads the whole collection, so npm run verify does the
// large ones.
import { tableFiles } from '../../query/delta-files.ts';
import { internalSchema } from '../../query/event-store.ts';
import { knownCollections } from '../../query/known-collections.ts';
import type { LakeCollection } from '../../query/lake-catalog.ts';
import { type LakeDatabase, openLakeDatabase } from '../../query/lake-database.ts';
import { allHours, eventFiles, totalBytes } from '../../query/lake-files.ts';
import { openCollection } from '../../query/open-collection.ts';
import type { Places } from '../../query/open-places.ts';
import { duckdbDialect } from '../../views/duckdb/duckdb-dialect.ts';
import { latestQuery } from '../../views/view-queries.ts';
import type { Watched } from '../probe/atlas-document.ts';
import { differingKeys, type KeyNames } from './load-keys.ts';

export type LakeCount =
  | {
      readonly kind: 'counted';
      readonly keys: number;
      readonly differing?: KeyNames;
      /** Megabytes of files outside of folders that were not read, because they are too many. */
      readonly flatMegabytes?: number;
    }
  | { readonly kind: 'too-large'; readonly megabytes: number };

const mostBytes = 64_000_000;

export async function countInLake(
  watched: readonly Watched[],
  places: Places,
  signal: AbortSignal,
): Promise<readonly LakeCount[]> {
  const { collections, unread } = await knownCollections(places, signal, { hours: allHours, mostBytes });
  const uncounted = unread === undefined ? {} : { flatMegabytes: Math.ceil(unread.bytes / 1_000_000) };
  const database = await openLakeDatabase();
  try {
    const counts: LakeCount[] = [];
    for (const [index, one] of watched.entries()) {
      const found = collections.find((known) => known.database === one.database && known.collection === one.collection);
      const count: LakeCount =
        found === undefined ? { kind: 'counted', keys: 0 } : await countOf(found, index + 1, places, database, signal);
      counts.push(count.kind === 'counted' ? { ...count, ...uncounted } : count);
    }
    return counts;
  } finally {
    await database.close();
  }
}

async function countOf(
  collection: LakeCollection,
  number: number,
  places: Places,
  database: LakeDatabase,
  signal: AbortSignal,
): Promise<LakeCount> {
  const bytes = await bytesOf(collection, places, signal);
  if (bytes > mostBytes) return { kind: 'too-large', megabytes: Math.ceil(bytes / 1_000_000) };
  const { changes } = await openCollection(collection, number, {
    places,
    database,
    hours: allHours,
    maxCopiedBytes: mostBytes,
    onRead: () => undefined,
    signal,
  });
  const latest = latestQuery(changes, [], duckdbDialect(internalSchema));
  const counted = await database.connection.runAndReadAll(`SELECT count(*) FROM (${latest})`);
  const differing = await differingKeys(changes, database);
  const keys = Number(counted.getRows()[0]?.[0]);
  return { kind: 'counted', keys, ...(differing === undefined ? {} : { differing }) };
}

async function bytesOf(
  { lakeFolder, tableFolder, flatFiles }: LakeCollection,
  { lake, tables }: Places,
  signal: AbortSignal,
): Promise<number> {
  const inLake = lakeFolder === undefined ? [] : await eventFiles(lake, lakeFolder, allHours, signal);
  const inTable =
    tables === undefined || tableFolder === undefined ? [] : await tableFiles(tables, tableFolder, allHours, signal);
  return totalBytes([...inLake, ...flatFiles, ...inTable]);
}
