// Counts one collection of the lake, only by listing files: a whole day, or each hour of a day with too many files.
import { dayFolder, hourFolder, hourMs, startOfHour } from '../../events/lake-path.ts';
import type { LakeReader } from '../../lake/lake.ts';
import type { CallBudget } from './call-budget.ts';
import { addFiles, emptyHour, type HourCount, hoursUntil } from './hours.ts';

export interface CountedHour {
  readonly count: HourCount;
  readonly countedMs: number;
  /** Some of its files are not counted. */
  readonly isPartial: boolean;
}

export interface CollectionState {
  readonly folder: string;
  readonly hours: Map<number, CountedHour>;
  /** The starts of days with too many files for one count. */
  readonly busyDays: Set<number>;
  countedMs: number | undefined;
}

const dayMs = 24 * hourMs;
const dayBounds: FolderBounds = { maxPages: 30, maxFiles: 20_000 };
const hourBounds: FolderBounds = { maxPages: 10, maxFiles: Number.POSITIVE_INFINITY };
/** Only late events change a past hour, so it is counted less often. */
const pastHeldMs = 600_000;

/** Counts the hours that are due. The next view counts the hours that the budget does not reach. */
export async function countCollection(
  reader: LakeReader,
  state: CollectionState,
  nowMs: number,
  budget: CallBudget,
  signal: AbortSignal,
): Promise<void> {
  const shown = hoursUntil(nowMs);
  for (const startMs of state.hours.keys()) if (startMs < (shown[0] ?? 0)) state.hours.delete(startMs);
  for (const [day, hours] of [...Map.groupBy(shown, startOfDay)].reverse()) {
    const due = hours.filter((startMs) => isHourDue(state, startMs, nowMs)).reverse();
    if (due.length === 0) continue;
    if (!state.busyDays.has(day)) {
      const counted = await countFolder(reader, `${state.folder}/${dayFolder(day)}`, dayBounds, budget, signal);
      if (counted.kind === 'out-of-calls') return;
      if (counted.kind === 'too-many') state.busyDays.add(day);
      else for (const startMs of hours) set(startMs, counted.hours, false);
    }
    if (state.busyDays.has(day)) {
      for (const startMs of due) {
        const folder = `${state.folder}/${hourFolder(startMs)}`;
        const counted = await countFolder(reader, folder, hourBounds, budget, signal);
        if (counted.kind === 'out-of-calls') return;
        set(startMs, counted.hours, counted.kind === 'too-many');
      }
    }
  }
  state.countedMs = nowMs;

  function set(startMs: number, counts: ReadonlyMap<number, HourCount>, isPartial: boolean): void {
    state.hours.set(startMs, { count: counts.get(startMs) ?? emptyHour(startMs), countedMs: nowMs, isPartial });
  }
}

export interface FolderBounds {
  readonly maxPages: number;
  readonly maxFiles: number;
  readonly namesBegin?: string;
}

interface CountedFolder {
  readonly kind: 'whole' | 'too-many' | 'out-of-calls';
  readonly hours: ReadonlyMap<number, HourCount>;
}

/** Asks for no further page once a bound is reached. Each page is one request. */
export async function countFolder(
  reader: LakeReader,
  folder: string,
  { maxPages, maxFiles, namesBegin = '' }: FolderBounds,
  budget: CallBudget,
  signal: AbortSignal,
  hours = new Map<number, HourCount>(),
): Promise<CountedFolder> {
  if (!budget.take()) return { kind: 'out-of-calls', hours };
  let pages = 0;
  let files = 0;
  for await (const page of reader.list(folder, signal, namesBegin)) {
    pages++;
    if (pages > maxPages || files > maxFiles) return { kind: 'too-many', hours };
    if (pages > 1 && !budget.take()) return { kind: 'out-of-calls', hours };
    addFiles(hours, page);
    files += page.length;
  }
  return { kind: 'whole', hours };
}

function startOfDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}

function isHourDue(state: CollectionState, startMs: number, nowMs: number): boolean {
  const counted = state.hours.get(startMs);
  if (counted === undefined) return true;
  const heldMs = startMs >= startOfHour(nowMs) - hourMs ? 0 : pastHeldMs;
  return nowMs - counted.countedMs > heldMs;
}
