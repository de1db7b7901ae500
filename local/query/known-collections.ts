// The collections of a lake with any layout.

import { readFileName } from '../../shared/events/file-name.ts';
import { compareText } from '../../shared/lake/compare-text.ts';
import type { LakeFile } from '../../shared/lake/lake.ts';
import { CommandError } from '../command.ts';
import { readingFault } from '../reading-fault.ts';
import { withCommas } from '../with-commas.ts';
import { flatCollections, type LakeCollection, lakeCollections, nameKey } from './lake-catalog.ts';
import { flatFiles, type Hours } from './lake-files.ts';
import type { Places } from './open-places.ts';

/** The files outside of folders are read to find their collections. */
export interface FlatLimits {
  readonly hours: Hours;
  readonly mostBytes: number;
  /** What a person can do about more bytes. */
  readonly advice: string;
}

const noLimits: FlatLimits = {
  hours: { from: undefined, to: undefined },
  mostBytes: Number.POSITIVE_INFINITY,
  advice: '',
};

export interface KnownCollections {
  readonly collections: readonly LakeCollection[];
  /** Lines that are no change events, of files outside of folders that no collection has. */
  readonly flatUnreadable: number;
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

async function collectionsOf(places: Places, limits: FlatLimits, signal: AbortSignal): Promise<KnownCollections> {
  const inFolders = await lakeCollections(places.lake, places.tables, signal);
  const files = await filesOutsideFolders(places, inFolders.length > 0, limits, signal);
  const all = new Map(inFolders.map((one) => [nameKey(one), one]));
  // The layout of a lake can change. Then a collection has files of both.
  const flat = await flatCollections(places.lake, files, signal);
  for (const { database, collection, flatFiles } of flat.collections) {
    const inFolder = all.get(nameKey({ database, collection })) ?? { lakeFolder: undefined, tableFolder: undefined };
    all.set(nameKey({ database, collection }), { ...inFolder, database, collection, flatFiles });
  }
  const collections = [...all.values()].sort((one, other) => compareText(nameKey(one), nameKey(other)));
  return { collections, flatUnreadable: flat.unreadable };
}

/** Beside folders, only files with the receiver's names are events: people put other files into a lake. */
async function filesOutsideFolders(
  { lake, settings }: Places,
  hasFolders: boolean,
  { hours, mostBytes, advice }: FlatLimits,
  signal: AbortSignal,
): Promise<readonly LakeFile[]> {
  const isFlat = settings.naming.layout === 'flat' || !hasFolders;
  const all = await flatFiles(lake, hours, signal);
  const files = isFlat ? all : all.filter(({ path }) => readFileName(path) !== undefined);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= mostBytes) return files;
  const [most, found] = [mostBytes, bytes].map((count) => `${withCommas(Math.ceil(count / 1_000_000))} MB`);
  throw new CommandError(
    `Cannot read the files outside of folders: at most ${most} may be read: they have ${found}${advice}`,
  );
}
