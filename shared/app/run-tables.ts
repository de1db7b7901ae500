// One run of the timer: a range of hours, a budget, and the line that the log gets of it.

import { deadlineIn } from '../async/deadline.ts';
import { jsonLine } from '../json/json-line.ts';
import { compact, type RunReport } from '../tables/compact.ts';
import { decodedName, type HourRange, startOfHour } from '../tables/lake-files.ts';
import { counted, openPlaces } from './open-tables.ts';
import type { Settings } from './settings.ts';

const hourMs = 3_600_000;
const maxBudgetMs = 20 * 60_000;
/** For what is under way when the budget ends: one commit, or a store that hangs. `functionTimeout` in host.json is above both. */
const graceMs = 5 * 60_000;

/** Half of the time until the next run, so that a run is over when it comes. */
export function budgetMs(everyMinutes: number): number {
  return Math.min((everyMinutes * 60_000) / 2, maxBudgetMs);
}

/** Up to the hours that are over, or with the running one where runs come more often than hours. */
export function rangeOfRun(nowMs: number, everyMinutes: number, lookbackHours: number): HourRange {
  const thisHour = startOfHour(nowMs);
  return { fromMs: thisHour - lookbackHours * hourMs, toMs: everyMinutes < 60 ? thisHour + hourMs : thisHour };
}

export async function runTables({ tables, ...settings }: Settings, now: Date): Promise<string> {
  const startedMs = performance.now();
  const places = tables.format === 'off' ? undefined : await openPlaces({ ...settings, tables }, tables.format);
  if (places === undefined)
    throw new Error('Cannot compact: TABLES and TABLES_URL must say what to write and where: they do not');
  const requests = counted(places);
  const budget = budgetMs(tables.everyMinutes);
  using deadline = deadlineIn(budget + graceMs);
  const report = await compact(
    requests.places,
    {
      range: rangeOfRun(now.getTime(), tables.everyMinutes, tables.lookbackHours),
      isOver: () => performance.now() - startedMs > budget,
    },
    deadline.signal,
  );
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  return toTablesLine(report, { requests: requests.count(), seconds, nowMs: now.getTime() });
}

export interface RunFigures {
  readonly requests: number;
  readonly seconds: number;
  readonly nowMs: number;
}

/** Counts, and the namespaces of what is broken: neither a path nor a sequence, which can carry the key of a document. */
export function toTablesLine(report: RunReport, { requests, seconds, nowMs }: RunFigures): string {
  const { tables, rows, lateRows, filesRead, bytes, conflicts, left, daysLeft, oldestLeftMs, broken, unreadable } =
    report;
  const oldestMissingSeconds = oldestLeftMs === undefined ? 0 : Math.max(0, Math.round((nowMs - oldestLeftMs) / 1000));
  return jsonLine({
    message: 'tables',
    tables,
    rows,
    lateRows,
    filesRead,
    bytes,
    requests,
    conflicts,
    seconds,
    left,
    daysLeft,
    oldestMissingSeconds,
    ...(broken.length > 0 && {
      broken: broken.map(({ db, coll, reason }) => ({ db: decodedName(db), coll: decodedName(coll), reason })),
    }),
    ...(unreadable.length > 0 && {
      unreadable: unreadable.length,
      unreadableHours: [
        ...new Set(unreadable.map(({ db, coll, hour }) => `${decodedName(db)}.${decodedName(coll)} ${hour}`)),
      ].slice(0, 20),
    }),
  });
}
