// The collections of a lake with any layout.

import { compareText } from '../../shared/events/batch-file.ts';
import { readingFault } from '../reading-fault.ts';
import { flatCollections, type LakeCollection, lakeCollections, nameKey } from './lake-catalog.ts';
import type { Places } from './open-places.ts';

/**
 * A lake without a folder of a database has the flat layout. The settings do not matter. A flat lake with more bytes
 * than `mostFlatBytes` is a fault, because every file would be read.
 */
export async function knownCollections(
  places: Places,
  signal: AbortSignal,
  mostFlatBytes = Number.POSITIVE_INFINITY,
): Promise<LakeCollection[]> {
  try {
    return await collectionsOf(places, mostFlatBytes, signal);
  } catch (error) {
    throw readingFault('the lake', error);
  }
}

async function collectionsOf(
  { lake, tables, settings }: Places,
  mostFlatBytes: number,
  signal: AbortSignal,
): Promise<LakeCollection[]> {
  const inFolders = await lakeCollections(lake, tables, signal);
  const isFlat = settings.naming.layout === 'flat' || inFolders.length === 0;
  if (!isFlat) return inFolders;
  const all = new Map(inFolders.map((one) => [nameKey(one), one]));
  // The layout of a lake can change. Then a collection has files of both.
  for (const { database, collection, flatFiles } of await flatCollections(lake, mostFlatBytes, signal)) {
    const inFolder = all.get(nameKey({ database, collection })) ?? { lakeFolder: undefined, tableFolder: undefined };
    all.set(nameKey({ database, collection }), { ...inFolder, database, collection, flatFiles });
  }
  return [...all.values()].sort((one, other) => compareText(nameKey(one), nameKey(other)));
}
