// A run: each collection in turn, oldest day first, until the tables have all events or the budget is used up.

import { compactDay, type Turn } from './compact-day.ts';
import type { Unreadable } from './gather.ts';
import { type Collection, collectionsIn } from './lake-files.ts';
import type { Places } from './places.ts';
import { oldestDayFirst, type Queue, type QueueOptions, queueOf } from './queue.ts';
import { reasonOf } from './reason.ts';

export interface CompactOptions extends QueueOptions {
  /** Only this one. Undefined means all. */
  readonly collection?: Collection | undefined;
  readonly onProgress?: (progress: RunProgress) => void;
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
    const queue = await attempt(collection, () => queueOf(collection, places, options, signal));
    if (queue !== undefined && queue.days.length > 0) queues.push(queue);
  }
  queues.sort(oldestDayFirst);
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
