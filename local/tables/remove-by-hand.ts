// npm run tables -- prune and -- orphans: shows the files to remove, and removes them with --yes.

import { type Collection, collectionsIn } from '../../shared/tables/lake-files.ts';
import { orphansOf } from '../../shared/tables/orphans.ts';
import type { Places, Removers } from '../../shared/tables/places.ts';
import { pruneCollection } from '../../shared/tables/prune.ts';
import { reasonOf } from '../../shared/tables/reason.ts';
import type { Output } from './output.ts';
import { inBytes, nameOf, withNames } from './print-tables.ts';

export interface Removal {
  readonly collection: Collection | undefined;
  readonly olderThanMs: number;
  readonly yes: boolean;
  readonly json: boolean;
}

interface Removed {
  readonly db: string;
  readonly coll: string;
  readonly files: number;
  readonly bytes: number;
  /** Files of that age that stay, because the table lacks some of their events. */
  readonly kept: number;
}

export async function pruneByHand(
  places: Places,
  removers: Removers,
  removal: Removal,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const collections = await collectionsOf(removal, places.lake, signal);
  return await eachCollection(collections, removal, output, 'event files', async (collection) => {
    let files = 0;
    const onFile = (): void => output.progress.update(0, 0, `${nameOf(collection)}: ${++files} files looked at`);
    return await pruneCollection(places, removers.lake, collection, { ...removal, onFile }, signal);
  });
}

export async function removeOrphans(
  places: Places,
  removers: Removers,
  removal: Removal,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const collections = await collectionsOf(removal, places.tables, signal);
  return await eachCollection(collections, removal, output, 'orphans', async (collection) => {
    const orphans = await orphansOf(places.tables, collection, removal.olderThanMs, signal);
    if (removal.yes) for (const { path } of orphans) await removers.tables.remove(path, signal);
    return { files: orphans.length, bytes: orphans.reduce((sum, { bytes }) => sum + bytes, 0), kept: 0 };
  });
}

async function collectionsOf(
  { collection }: Removal,
  { reader, directory }: Places['lake' | 'tables'],
  signal: AbortSignal,
): Promise<readonly Collection[]> {
  return collection === undefined ? await collectionsIn(reader, directory, signal) : [collection];
}

async function eachCollection(
  collections: readonly Collection[],
  { yes, json }: Removal,
  { write, progress, signal }: Output,
  what: string,
  remove: (collection: Collection) => Promise<Pick<Removed, 'files' | 'bytes' | 'kept'>>,
): Promise<number> {
  const removed: Removed[] = [];
  const broken: (Collection & { readonly reason: string })[] = [];
  for (const collection of collections) {
    try {
      signal.throwIfAborted();
      removed.push({ ...collection, ...(await remove(collection)) });
    } catch (error) {
      broken.push({ ...collection, reason: signal.aborted ? 'it was interrupted' : reasonOf(error) });
    }
  }
  progress.end();
  if (json) {
    const faults = broken.length > 0 ? { broken: broken.map(withNames) } : {};
    write(JSON.stringify({ removed: yes, tables: removed.map(withNames), ...faults }));
  } else {
    for (const { files, bytes, kept, ...collection } of removed) {
      const keeps = kept > 0 ? `; ${kept} stay, because the table lacks some of their events` : '';
      write(`${nameOf(collection)}: ${files} ${what} (${inBytes(bytes)}) ${yes ? 'removed' : 'to remove'}${keeps}`);
    }
    for (const { reason, ...collection } of broken) write(`Cannot read ${nameOf(collection)}: ${reason}`);
    if (!yes && removed.some(({ files }) => files > 0))
      write('Nothing was removed. Run the same command with --yes to remove them.');
  }
  return broken.length > 0 ? 1 : 0;
}
