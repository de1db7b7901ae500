// One run of the timer: its range of hours, its time budget and its log line.
import { deadlineIn } from '../async/deadline.ts';
import { hourMs, startOfHour } from '../events/lake-path.ts';
import { jsonLine } from '../json/json-line.ts';
import { nameOfFolder } from '../lake/path-name.ts';
import { compact, type RunReport } from '../tables/compact.ts';
import type { HourRange } from '../tables/lake-files.ts';
import { counted, openPlaces } from './open-tables.ts';
import type { Settings } from './settings.ts';

const maxBudgetMs = 20 * 60_000;
/**
 * Time to finish the current commit after the budget. `functionTimeout` in host.json is longer than budget and grace.
 */
export const graceMs = 5 * 60_000;

/** Half of the time until the next run, so that a run ends before the next one starts. */
export function budgetMs(everyMinutes: number): number {
  return Math.min((everyMinutes * 60_000) / 2, maxBudgetMs);
}

/** Ends with the last complete hour. If runs come more often than every hour, it includes the current hour. */
export function rangeOfRun(nowMs: number, everyMinutes: number, lookbackHours: number): HourRange {
  const thisHour = startOfHour(nowMs);
  return { fromMs: thisHour - lookbackHours * hourMs, toMs: everyMinutes < 60 ? thisHour + hourMs : thisHour };
}

export async function runTables({ tables, ...settings }: Settings, now: Date): Promise<string> {
  const startedMs = performance.now();
  const places = tables.format === 'off' ? undefined : await openPlaces({ ...settings, tables }, tables.format);
  if (places === undefined)
    throw new Error('Cannot compact: TABLES and TABLES_URL must name a format and a place: one of them is not set');
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

/** Has counts, and the namespaces of broken tables. It has no path and no sequence: both can contain a document key. */
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
      broken: broken.map(({ db, coll, reason }) => ({ db: nameOfFolder(db), coll: nameOfFolder(coll), reason })),
    }),
    ...(unreadable.length > 0 && {
      unreadable: unreadable.length,
      unreadableHours: [
        ...new Set(unreadable.map(({ db, coll, hour }) => `${nameOfFolder(db)}.${nameOfFolder(coll)} ${hour}`)),
      ].slice(0, 20),
    }),
  });
}
