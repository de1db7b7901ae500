// The collections of a lake with any layout.

import { readingFault } from '../reading-fault.ts';
import { flatCollections, type LakeCollection, lakeCollections } from './lake-catalog.ts';
import type { Places } from './open-places.ts';

/** A lake without a folder of a database has the flat layout. The settings do not matter. */
export async function knownCollections(places: Places, signal: AbortSignal): Promise<LakeCollection[]> {
  try {
    return await collectionsOf(places, signal);
  } catch (error) {
    throw readingFault('the lake', error);
  }
}

async function collectionsOf({ lake, tables, settings }: Places, signal: AbortSignal): Promise<LakeCollection[]> {
  const inFolders = await lakeCollections(lake, tables, signal);
  const isFlat = settings.naming.layout === 'flat' || inFolders.length === 0;
  return isFlat ? [...inFolders, ...(await flatCollections(lake, signal))] : inFolders;
}
