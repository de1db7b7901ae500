// The collections of a lake with any layout.

import { readFileName } from '../../shared/events/file-name.ts';
import { compareText } from '../../shared/lake/compare-text.ts';
import type { LakeFile } from '../../shared/lake/lake.ts';
import { readingFault } from '../reading-fault.ts';
import { flatCollections, type LakeCollection, lakeCollections, nameKey } from './lake-catalog.ts';
import { allHours, flatFiles, type Hours, totalBytes } from './lake-files.ts';
import type { Places } from './open-places.ts';

/** The files outside of folders are read to find their collections. */
interface FlatLimits {
  readonly hours: Hours;
  /** If the files have more, none is read. */
  readonly mostBytes: number;
}

const noLimits: FlatLimits = {
  hours: allHours,
  mostBytes: Number.POSITIVE_INFINITY,
};

export interface KnownCollections {
  readonly collections: readonly LakeCollection[];
  /** Lines that are no change events, of files outside of folders that no collection has. */
  readonly flatUnreadable: number;
  /** The files outside of folders, if they have more than the limit. */
  readonly unread: UnreadFiles | undefined;
}

interface UnreadFiles {
  readonly bytes: number;
  /** Whether they are from before a change to folders. Else they have all events, or the newest. */
  readonly areLeftovers: boolean;
}

export async function knownCollections(
  places: Places,
  signal: AbortSignal,
  limits = noLimits,
): Promise<KnownCollections> {
  try {
    return await collectionsOf(places, limits, signal);
  } catch (error) {
    throw readingFault('the lake', error);
  }
}

async function collectionsOf(
  places: Places,
  { hours, mostBytes }: FlatLimits,
  signal: AbortSignal,
): Promise<KnownCollections> {
  const inFolders = await lakeCollections(places.lake, places.tables, signal);
  const areLeftovers = places.settings.naming.layout !== 'flat' && inFolders.length > 0;
  const files = await filesOutsideFolders(places, areLeftovers, hours, signal);
  const bytes = totalBytes(files);
  if (bytes > mostBytes) return { collections: inFolders, flatUnreadable: 0, unread: { bytes, areLeftovers } };
  const all = new Map(inFolders.map((one) => [nameKey(one), one]));
  // The layout of a lake can change. Then a collection has files of both.
  const flat = await flatCollections(places.lake, files, signal);
  for (const { database, collection, flatFiles } of flat.collections) {
    const inFolder = all.get(nameKey({ database, collection })) ?? { lakeFolder: undefined, tableFolder: undefined };
    all.set(nameKey({ database, collection }), { ...inFolder, database, collection, flatFiles });
  }
  const collections = [...all.values()].sort((one, other) => compareText(nameKey(one), nameKey(other)));
  return { collections, flatUnreadable: flat.unreadable, unread: undefined };
}

/** Beside folders, only files with the receiver's names are events: people put other files into a lake. */
async function filesOutsideFolders(
  { lake }: Places,
  areLeftovers: boolean,
  hours: Hours,
  signal: AbortSignal,
): Promise<readonly LakeFile[]> {
  const all = await flatFiles(lake, hours, signal);
  return areLeftovers ? all.filter(({ path }) => readFileName(path) !== undefined) : all;
}
