// The live files of a Delta table, as paths that DuckDB opens: the files themselves, or copies from Azure.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { concurrently } from '../../shared/async/concurrently.ts';
import type { LakeFile } from '../../shared/lake/lake.ts';
import type { AddFile } from '../../shared/tables/delta/actions.ts';
import { dataPath } from '../../shared/tables/delta/data-path.ts';
import { addKnownDigests } from '../../shared/tables/delta/known-files.ts';
import { loadSnapshot } from '../../shared/tables/delta/snapshot.ts';
import { digestSet } from '../../shared/tables/digest-set.ts';
import { eventFileOf } from '../../shared/tables/lake-files.ts';
import type { Hours, Place } from './lake-files.ts';

export interface TableFile {
  /** The path in the place of the tables. */
  readonly path: string;
  readonly bytes: number;
  readonly add: AddFile;
}

const footersAtOnce = 16;
const copiesAtOnce = 8;

/** Returns the files of the days that the person asks for, in the order of their paths. */
export async function tableFiles(
  place: Place,
  folder: string,
  hours: Hours,
  signal: AbortSignal,
): Promise<TableFile[]> {
  const { adds } = await loadSnapshot(place.reader, folder, signal);
  const days = daysOf(hours);
  const files = [...adds.values()].flatMap((add) => {
    const day = add.partitionValues['date'] ?? '';
    const isAskedFor = day >= days.from && day <= days.to;
    return isAskedFor ? [{ path: dataPath(folder, add.path), bytes: add.size, add }] : [];
  });
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/**
 * The files of a day are read whole, even if the person asks for some hours. The view compares the time of each row.
 */
function daysOf({ from, to }: Hours): { readonly from: string; readonly to: string } {
  return { from: from?.slice(0, 10) ?? '', to: to?.slice(0, 10) ?? '9999' };
}

/** Returns whether a table lacks an event file. A data file lists digests of the event files that it contains. */
export async function lackedBy(
  place: Place,
  folder: string,
  files: readonly TableFile[],
  signal: AbortSignal,
): Promise<(file: LakeFile) => boolean> {
  const digests = digestSet();
  await concurrently(files, footersAtOnce, ({ add }) => addKnownDigests(digests, place.reader, folder, add, signal));
  return (file) => {
    const digest = eventFileOf(file)?.digest;
    return digest === undefined || !digests.has(digest);
  };
}

/** Copies files from Azure, once. `onCopied` gets the bytes of each. */
export async function openedFiles(
  place: Place,
  files: readonly TableFile[],
  aside: string,
  onCopied: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string[]> {
  const { folder } = place;
  if (folder !== undefined) return files.map(({ path }) => join(folder, path));
  return await concurrently(files, copiesAtOnce, async ({ path, bytes }) => {
    const copy = join(aside, path);
    await mkdir(dirname(copy), { recursive: true });
    const content = await place.reader.read(path, signal);
    if (content === undefined)
      throw new Error('Cannot read a table: each file in its log must be there: one is missing');
    await writeFile(copy, content);
    onCopied(bytes);
    return copy;
  });
}
