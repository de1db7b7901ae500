// Finds the collections of the lake for the status page. It lists the folders of some databases at a time.
import { concurrently } from '../../async/concurrently.ts';
import type { LakeReader } from '../../lake/lake.ts';
import { isNameFolder } from '../../lake/path-name.ts';
import { withSlash } from '../../lake/path-rules.ts';
import type { CallBudget } from './call-budget.ts';
import type { CollectionState } from './count-collection.ts';

export interface FinderOptions {
  /** How long the list of collections is kept. */
  readonly foldersHeldMs: number;
  /** Names come from data: a sender can make any number of them. */
  readonly maxCollections: number;
}

export interface CollectionFinder {
  /** By folder. The counts of a collection stay while its folder is there. */
  readonly collections: ReadonlyMap<string, CollectionState>;
  readonly find: (nowMs: number, budget: CallBudget, signal: AbortSignal) => Promise<void>;
  /** There are more collections than are counted. */
  readonly hasMore: () => boolean;
}

const concurrency = 8;

export function collectionFinder(
  reader: LakeReader,
  directory: string,
  { foldersHeldMs, maxCollections }: FinderOptions,
): CollectionFinder {
  const collections = new Map<string, CollectionState>();
  const databases = new Map<string, number>();
  let hasMore = false;
  return { collections, find, hasMore: () => hasMore };

  async function find(nowMs: number, budget: CallBudget, signal: AbortSignal): Promise<void> {
    if (!budget.take()) return;
    const all = (await reader.folders(directory, signal)).filter(isNameFolder);
    const found = new Set(all.slice(0, maxCollections));
    hasMore = all.length > found.size;
    for (const db of databases.keys()) if (!found.has(db)) databases.delete(db);
    for (const db of found) if (!databases.has(db)) databases.set(db, 0);
    const due = [...databases].filter(([, atMs]) => nowMs - atMs >= foldersHeldMs).sort(([, a], [, b]) => a - b);
    await concurrently(due, concurrency, async ([db]) => {
      if (!budget.take()) return;
      const folder = `${withSlash(directory)}${db}`;
      const colls = (await reader.folders(folder, signal)).filter(isNameFolder);
      const keys = new Set(colls.map((coll) => `${folder}/${coll}`));
      for (const key of collections.keys()) if (key.startsWith(`${folder}/`) && !keys.has(key)) collections.delete(key);
      for (const key of keys) {
        if (collections.has(key)) continue;
        if (collections.size < maxCollections) collections.set(key, newState(key));
        else hasMore = true;
      }
      databases.set(db, nowMs);
    });
  }
}

function newState(folder: string): CollectionState {
  return { folder, hours: new Map(), busyDays: new Set(), countedMs: undefined };
}
