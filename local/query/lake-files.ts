// Lists the collections of the lake, and the files of each.

import { readFileName } from '../../shared/events/file-name.ts';
import { compareText } from '../../shared/lake/compare-text.ts';
import type { LakeFile, LakeReader } from '../../shared/lake/lake.ts';
import { isNameFolder, noName, textOfName } from '../../shared/lake/path-name.ts';
import { withSlash } from '../../shared/lake/path-rules.ts';
import { hourOfMs } from '../../shared/tables/lake-files.ts';

/** A place with folders of databases, and folders of collections in them. */
export interface Place {
  readonly reader: LakeReader;
  /** The directory in the container. Empty for a folder of this machine. */
  readonly directory: string;
  /** The folder on this machine. Undefined in Azure. */
  readonly folder: string | undefined;
}

/** A folder of a collection, with the decoded names of its folders. A cut name is read elsewhere. */
export interface CollectionFolder {
  readonly folder: string;
  readonly database: string | undefined;
  readonly collection: string | undefined;
}

/** From `from` up to `to`, without `to`. They are names of hours such as `2026-11-20T10`. Both are optional. */
export interface Hours {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export const allHours: Hours = { from: undefined, to: undefined };

export function totalBytes(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

export async function collectionFolders(
  { reader, directory }: Place,
  signal: AbortSignal,
): Promise<CollectionFolder[]> {
  const found: CollectionFolder[] = [];
  for (const database of await foldersIn(reader, directory, signal)) {
    const folder = `${withSlash(directory)}${database}`;
    for (const collection of await foldersIn(reader, folder, signal))
      found.push({
        folder: `${folder}/${collection}`,
        database: textOfName(database),
        collection: textOfName(collection),
      });
  }
  return found;
}

/**
 * In the order of their names. Events without a namespace or a collection belong to no view; `~refused` is no database.
 */
async function foldersIn(reader: LakeReader, folder: string, signal: AbortSignal): Promise<string[]> {
  const names = await reader.folders(folder, signal);
  return names.filter((name) => name !== noName && isNameFolder(name)).sort();
}

/** The files of a collection's events, in the order of their paths. */
export async function eventFiles(place: Place, folder: string, hours: Hours, signal: AbortSignal): Promise<LakeFile[]> {
  const files: LakeFile[] = [];
  for await (const page of eventFilePages(place, folder, hours, signal)) files.push(...page);
  return files.sort(byPath);
}

/** The same files, page by page: the list of a large lake does not fit in memory. */
export async function* eventFilePages(
  { reader }: Place,
  folder: string,
  hours: Hours,
  signal: AbortSignal,
): AsyncGenerator<readonly LakeFile[]> {
  for await (const page of reader.list(folder, signal))
    yield page.filter(({ path }) => isInHours(path.slice(folder.length), hours));
}

/** In the flat layout: the files of all collections, outside of folders. A name without a time is in every hour. */
export async function flatFiles({ reader, directory }: Place, hours: Hours, signal: AbortSignal): Promise<LakeFile[]> {
  const files = await reader.files(directory, signal);
  return files.filter(({ path }) => {
    const ms = readFileName(path)?.ms;
    return /\.jsonl?$/.test(path) && (ms === undefined || isBetween(hourOfMs(ms), hours));
  });
}

const hourPath = /^\/year=(\d{4})\/month=(\d\d)\/day=(\d\d)\/hour=(\d\d)\/[^/]+\.jsonl?$/;

function isInHours(path: string, hours: Hours): boolean {
  const [, year, month, day, hour] = hourPath.exec(path) ?? [];
  return year !== undefined && isBetween(`${year}-${month}-${day}T${hour}`, hours);
}

function isBetween(hour: string, { from, to }: Hours): boolean {
  return (from === undefined || hour >= from) && (to === undefined || hour < to);
}

function byPath(one: LakeFile, other: LakeFile): number {
  return compareText(one.path, other.path);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
