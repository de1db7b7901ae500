// Finds the events of a commit that the table has already. It looks up their sequences in the data files that can have
// them.

import type { RowGroup } from 'hyparquet';
import { textIn } from '../../json/record.ts';
import type { LakeReader } from '../../lake/lake.ts';
import { openParquet } from '../parquet/read-parquet.ts';
import type { AddFile } from './actions.ts';
import { dataPath } from './data-path.ts';
import { statsOf } from './stats.ts';

interface Range {
  readonly min: string;
  readonly max: string;
}

export async function overlapOf(
  sequences: ReadonlySet<string>,
  reader: LakeReader,
  folder: string,
  adds: readonly AddFile[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const range = adds.length === 0 ? undefined : rangeOf(sequences);
  if (range === undefined) return found;
  for (const add of adds) {
    const stats = statsOf(add);
    if (!mayOverlap(range, stats?.minSequence, stats?.maxSequence)) continue;
    const file = await openParquet(reader, dataPath(folder, add.path), add.size, signal);
    for (const [group, rowGroup] of file.metadata.row_groups.entries()) {
      const [min, max] = statisticsOf(rowGroup);
      if (!mayOverlap(range, min, max)) continue;
      for (const { sequence } of await file.readGroup(group, ['sequence']))
        if (typeof sequence === 'string' && sequences.has(sequence)) found.add(sequence);
    }
  }
  return found;
}

/** Undefined for an empty set. */
function rangeOf(sequences: ReadonlySet<string>): Range | undefined {
  let min: string | undefined;
  let max: string | undefined;
  for (const sequence of sequences) {
    if (min === undefined || sequence < min) min = sequence;
    if (max === undefined || sequence > max) max = sequence;
  }
  return min === undefined || max === undefined ? undefined : { min, max };
}

/** Engines compare UTF-8, and JavaScript UTF-16. Beyond ASCII they disagree, so a range proves nothing. */
function mayOverlap(range: Range, min: string | undefined, max: string | undefined): boolean {
  if (min === undefined || max === undefined) return true;
  if (![range.min, range.max, min, max].every(isAscii)) return true;
  return range.max >= min && range.min <= max;
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function statisticsOf({ columns }: RowGroup): readonly [string | undefined, string | undefined] {
  const statistics = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === 'sequence')?.meta_data
    ?.statistics;
  return [textIn(statistics?.min_value), textIn(statistics?.max_value)];
}
