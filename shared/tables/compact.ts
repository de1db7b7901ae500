// A run: each collection in turn, oldest day first, until the tables have all events or the budget is used up.

import { compactDay, type DayWork, type Turn, type TurnLimits, turnLimits } from './compact-day.ts';
import { deltaTable } from './delta/delta-table.ts';
import type { Unreadable } from './gather.ts';
import { jsonlTable } from './jsonl-table.ts';
import { type Collection, collectionsIn, daysIn, daysOf, type HourRange, joined } from './lake-files.ts';
import type { Places } from './places.ts';
import { reasonOf } from './reason.ts';

export interface CompactOptions {
  readonly range: HourRange;
  /** Only this one. Undefined means all. */
  readonly collection?: Collection | undefined;
  readonly isOver: () => boolean;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly limits?: TurnLimits;
}

export interface RunProgress {
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  /** Files of the day that is being read, as far as they were listed. */
  readonly filesInDay: { readonly done: number; readonly total: number };
  readonly at: string;
}

export interface RunReport {
  readonly tables: number;
  readonly rows: number;
  readonly lateRows: number;
  readonly filesRead: number;
  readonly bytes: number;
  readonly conflicts: number;
  /** Listed files that are not in their table yet. */
  readonly left: number;
  /** Days that this run did not reach. */
  readonly daysLeft: number;
  /** The time of the oldest event that is known not to be in its table. */
  readonly oldestLeftMs: number | undefined;
  readonly broken: readonly BrokenTable[];
  readonly unreadable: readonly (Unreadable & Collection)[];
}

export interface BrokenTable extends Collection {
  readonly reason: string;
}

interface Queue {
  readonly collection: Collection;
  readonly days: string[];
  readonly work: Omit<DayWork, 'day'>;
}

/** For a longer range the run asks the lake first which days it has. */
const fewDays = 7;

export async function compact(places: Places, options: CompactOptions, signal: AbortSignal): Promise<RunReport> {
  const total = { tables: 0, rows: 0, lateRows: 0, filesRead: 0, bytes: 0, conflicts: 0, left: 0, daysLeft: 0 };
  const broken: BrokenTable[] = [];
  const unreadable: (Unreadable & Collection)[] = [];
  let oldestLeftMs: number | undefined;

  const collections =
    options.collection === undefined
      ? await collectionsIn(places.lake.reader, places.lake.directory, signal)
      : [options.collection];
  total.tables = collections.length;
  let queues: Queue[] = [];
  for (const collection of collections) {
    const queue = await attempt(collection, () => queueOf(collection));
    if (queue !== undefined && queue.days.length > 0) queues.push(queue);
  }
  queues.sort(
    (one, other) =>
      Number((one.days[0] ?? '') > (other.days[0] ?? '')) - Number((one.days[0] ?? '') < (other.days[0] ?? '')),
  );
  while (queues.length > 0 && !options.isOver()) {
    for (const queue of queues) {
      if (options.isOver()) break;
      if ((await attempt(queue.collection, () => takeTurn(queue))) === undefined) giveUp(queue);
    }
    queues = queues.filter(({ days }) => days.length > 0);
  }
  for (const queue of queues) giveUp(queue);
  return { ...total, oldestLeftMs, broken, unreadable };

  /** The days that the run did not reach count from the beginning of the oldest. */
  function giveUp({ days }: Queue): void {
    total.daysLeft += days.length;
    if (days[0] !== undefined) noteOldest(Math.max(Date.parse(`${days[0]}T00:00:00.000Z`), options.range.fromMs));
    days.length = 0;
  }

  async function queueOf(collection: Collection): Promise<Queue> {
    const folder = joined(places.lake.directory, collection.db, collection.coll);
    const tableFolder = joined(places.tables.directory, collection.db, collection.coll);
    const { range, isOver, limits = turnLimits } = options;
    const isShort = range.toMs - range.fromMs <= fewDays * 86_400_000;
    const days = isShort ? daysIn(range) : await daysOf(places.lake.reader, folder, range, signal);
    const table =
      places.kind === 'delta' ? deltaTable(places.tables, tableFolder) : jsonlTable(places.tables, tableFolder);
    const { reader } = places.lake;
    return { collection, days, work: { reader, folder, table, range, done: new Set(), isOver, limits } };
  }

  /** One commit, or all days of the collection if there is nothing to commit. */
  async function takeTurn({ collection, days, work }: Queue): Promise<'done'> {
    for (let day = days[0]; day !== undefined && !options.isOver(); day = days[0]) {
      const at = `${collection.db}/${collection.coll} ${day}`;
      const onRead = (done: number, inDay: number, bytes: number): void =>
        options.onProgress?.({
          rows: total.rows,
          files: total.filesRead + done,
          bytes: total.bytes + bytes,
          filesInDay: { done, total: inDay },
          at,
        });
      const turn = await compactDay({ ...work, day, onRead }, signal);
      count(turn, collection);
      if (turn.left === 0) days.shift();
      else if (options.isOver()) total.left += turn.left;
      if (turn.rows > 0) return 'done';
    }
    return 'done';
  }

  function count(turn: Turn, collection: Collection): void {
    total.rows += turn.rows;
    total.lateRows += turn.lateRows;
    total.filesRead += turn.filesRead;
    total.bytes += turn.bytes;
    total.conflicts += turn.conflicts;
    for (const file of turn.unreadable) unreadable.push({ ...file, ...collection });
    if (turn.unreadable.length > 0 || options.isOver()) noteOldest(turn.oldestLeftMs);
  }

  function noteOldest(ms: number | undefined): void {
    if (ms !== undefined) oldestLeftMs = Math.min(oldestLeftMs ?? ms, ms);
  }

  /** One broken collection must not stop the others. */
  async function attempt<T>(collection: Collection, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      broken.push({ ...collection, reason: reasonOf(error) });
      return undefined;
    }
  }
}
