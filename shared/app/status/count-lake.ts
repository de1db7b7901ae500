// Counts the last day of the lake for the status page. It only lists files, and each view has a limit of storage calls.
// The next view counts what one view does not reach. People who look at the same time share one view.
import { concurrently } from '../../async/concurrently.ts';
import { deadlineIn, endingWith } from '../../async/deadline.ts';
import { hourMs, type Naming } from '../../events/lake-path.ts';
import { describeFault } from '../../lake/fault.ts';
import type { LakeReader } from '../../lake/lake.ts';
import { nameOfFolder } from '../../lake/path-name.ts';
import { budgetOf, budgetWithin, type CallBudget } from './call-budget.ts';
import { type CollectionState, countCollection, countFolder } from './count-collection.ts';
import { collectionFinder, type FinderOptions } from './find-collections.ts';
import { emptyHour, type HourCount, hoursUntil } from './hours.ts';

export interface CollectionView {
  readonly db: string | undefined;
  readonly coll: string | undefined;
  /** Its folder, relative to the directory of the lake. */
  readonly folder: string;
  /** 24 hours, oldest first. Undefined until the first count. */
  readonly hours: readonly HourCount[] | undefined;
  /** Some of its files are not counted. */
  readonly isPartial: boolean;
}

export interface LakeView {
  readonly atMs: number;
  /** Why the lake does not answer. Undefined if it answers. */
  readonly fault: string | undefined;
  readonly collections: readonly CollectionView[];
  /** The number of collections that no view has reached yet. */
  readonly waiting: number;
  /** There are more collections than are counted. */
  readonly hasMore: boolean;
}

export interface LakeCounterOptions extends FinderOptions {
  /** How long everyone gets the same view. */
  readonly heldMs: number;
  readonly maxCalls: number;
}

export type LakeCounter = (now: Date) => Promise<LakeView>;

const viewMs = 8_000;
const concurrency = 8;

export function lakeCounter(
  reader: LakeReader,
  naming: Naming,
  { heldMs, foldersHeldMs, maxCalls, maxCollections }: LakeCounterOptions,
): LakeCounter {
  const { collections, find, hasMore } = collectionFinder(reader, naming.directory, { foldersHeldMs, maxCollections });
  let held: { readonly atMs: number; readonly view: Promise<LakeView> } | undefined;

  return (now) => {
    const nowMs = now.getTime();
    if (held === undefined || nowMs - held.atMs >= heldMs) held = { atMs: nowMs, view: count(nowMs) };
    return held.view;
  };

  async function count(nowMs: number): Promise<LakeView> {
    const budget = budgetOf(maxCalls);
    using deadline = deadlineIn(viewMs);
    const { signal } = deadline;
    let fault: string | undefined;
    const note = (error: unknown): void => {
      fault ??= describeFault(error);
    };
    if (naming.layout === 'flat') return await countFlat(nowMs, budget, signal);
    // A disk that hangs ignores the signal.
    await endingWith(signal, find(nowMs, budgetWithin(budget, maxCalls / 2), signal)).catch(note);
    const due = [...collections.values()].sort((one, other) => (one.countedMs ?? 0) - (other.countedMs ?? 0));
    await concurrently(due, concurrency, async (state) => {
      if (fault !== undefined) return;
      await endingWith(signal, countCollection(reader, state, nowMs, budget, signal)).catch(note);
    });
    const views = [...collections.values()].map((state) => viewOf(state, nowMs));
    const waiting = views.filter(({ hours }) => !hours).length;
    return { atMs: nowMs, fault, collections: views, waiting, hasMore: hasMore() };
  }

  /** Counts all collections as one, because file names of the flat layout contain times but no namespaces. */
  async function countFlat(nowMs: number, budget: CallBudget, signal: AbortSignal): Promise<LakeView> {
    const shown = hoursUntil(nowMs);
    const hours = new Map<number, HourCount>();
    let isPartial = false;
    try {
      for (const namesBegin of namesOf(naming.filePrefix, shown)) {
        const bounds = { maxPages: maxCalls, maxFiles: Number.POSITIVE_INFINITY, namesBegin };
        const counting = countFolder(reader, naming.directory, bounds, budget, signal, hours);
        isPartial ||= (await endingWith(signal, counting)).kind !== 'whole';
      }
    } catch (error) {
      return { atMs: nowMs, fault: describeFault(error), collections: [], waiting: 0, hasMore: false };
    }
    const ofDay = shown.map((startMs) => hours.get(startMs) ?? emptyHour(startMs));
    const whole = { db: undefined, coll: undefined, folder: naming.directory, hours: ofDay, isPartial };
    return { atMs: nowMs, fault: undefined, collections: [whole], waiting: 0, hasMore: false };
  }

  function viewOf(state: CollectionState, nowMs: number): CollectionView {
    const inLake = naming.directory === '' ? state.folder : state.folder.slice(naming.directory.length + 1);
    const [db = '', coll = ''] = inLake.split('/');
    const counted = [...state.hours.values()];
    const hours = hoursUntil(nowMs).map((startMs) => state.hours.get(startMs)?.count ?? emptyHour(startMs));
    return {
      db: nameOfFolder(db) ?? undefined,
      coll: nameOfFolder(coll) ?? undefined,
      folder: inLake,
      hours: counted.length === 0 ? undefined : hours,
      isPartial: state.countedMs === undefined || counted.some(({ isPartial }) => isPartial),
    };
  }
}

/** Names begin with ten digits of seconds. The first five digits select at most two ranges of names for each hour. */
function namesOf(prefix: string, hours: readonly number[]): readonly string[] {
  const seconds = hours.flatMap((startMs) => [startMs / 1000, startMs / 1000 + hourMs / 1000 - 1]);
  return [...new Set(seconds.map((second) => `${prefix}-${String(second).padStart(10, '0').slice(0, 5)}`))];
}
