// Lists the files of a day that the table can lack.
import { compareText } from '../lake/compare-text.ts';
import type { LakeReader } from '../lake/lake.ts';
import { type EventFile, eventFileOf, folderOfDay, type HourRange, isInRange } from './lake-files.ts';

export interface Listing {
  readonly reader: LakeReader;
  /** The folder of the collection. */
  readonly folder: string;
  readonly day: string;
  readonly range: HourRange;
  /** The paths of files that this run has finished although no table notes them. */
  readonly done: ReadonlySet<string>;
  /** The number of paths in memory at once. The rest of the day is listed again after these. */
  readonly maxListed: number;
}

export interface Lacking {
  /** The oldest of the files that the table can lack, in order of hours and names. */
  readonly files: readonly EventFile[];
  /** How many more there are. */
  readonly more: number;
}

export async function listLacking(
  { reader, folder, day, range, done, maxListed }: Listing,
  lacking: (files: readonly EventFile[]) => Promise<readonly EventFile[]>,
  signal: AbortSignal,
): Promise<Lacking> {
  let found: EventFile[] = [];
  let count = 0;
  for await (const page of reader.list(folderOfDay(folder, day), signal)) {
    const files = page.flatMap((file) => eventFileOf(file) ?? []);
    // With LAKE_API=dfs a writer creates an empty file first, and fills it with its next requests.
    const wanted = files.filter((file) => file.bytes > 0 && isInRange(file, range) && !done.has(file.path));
    if (wanted.length === 0) continue;
    const lacked = await lacking(wanted);
    count += lacked.length;
    found.push(...lacked);
    if (found.length >= 2 * maxListed) found = oldest(found, maxListed);
  }
  const files = oldest(found, maxListed);
  return { files, more: count - files.length };
}

function oldest(files: readonly EventFile[], maxListed: number): EventFile[] {
  return files.toSorted((one, other) => compareText(one.path, other.path)).slice(0, maxListed);
}
