// The days of a collection that a run goes through, and all that its turns need.
import { compareText } from '../lake/compare-text.ts';
import { type DayWork, type TurnLimits, turnLimits } from './compact-day.ts';
import { deltaTable } from './delta/delta-table.ts';
import { jsonlTable } from './jsonl-table.ts';
import { type Collection, daysIn, daysOf, type HourRange, joined } from './lake-files.ts';
import type { Places } from './places.ts';

export interface QueueOptions {
  readonly range: HourRange;
  readonly isOver: () => boolean;
  readonly limits?: TurnLimits;
}

export interface Queue {
  readonly collection: Collection;
  /** Oldest first. */
  readonly days: string[];
  readonly work: Omit<DayWork, 'day'>;
}

/** For a longer range the run asks the lake first which days it has. */
const fewDays = 7;

export async function queueOf(
  collection: Collection,
  { kind, lake, tables }: Places,
  { range, isOver, limits = turnLimits }: QueueOptions,
  signal: AbortSignal,
): Promise<Queue> {
  const { reader } = lake;
  const folder = joined(lake.directory, collection.db, collection.coll);
  const tableFolder = joined(tables.directory, collection.db, collection.coll);
  const isShort = range.toMs - range.fromMs <= fewDays * 86_400_000;
  const days = isShort ? daysIn(range) : await daysOf(reader, folder, range, signal);
  const table = kind === 'delta' ? deltaTable(tables, tableFolder) : jsonlTable(tables, tableFolder);
  return { collection, days, work: { reader, folder, table, range, done: new Set(), isOver, limits } };
}

export function oldestDayFirst({ days: [one = ''] }: Queue, { days: [other = ''] }: Queue): number {
  return compareText(one, other);
}
