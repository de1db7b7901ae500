// npm run tables -- compact: adds a range of hours to the tables.
import { counted } from '../../shared/app/open-tables.ts';
import { compact, type RunReport } from '../../shared/tables/compact.ts';
import type { Collection, HourRange } from '../../shared/tables/lake-files.ts';
import type { Places } from '../../shared/tables/places.ts';
import type { Output } from './output.ts';
import { inBytes, nameOf, withNames } from './print-tables.ts';

export interface Asked {
  readonly range: HourRange;
  readonly collection: Collection | undefined;
}

export async function compactByHand(
  places: Places,
  { range, collection }: Asked,
  json: boolean,
  { write, progress, signal }: Output,
): Promise<number> {
  const startedMs = performance.now();
  const requests = counted(places);
  // Ctrl-C ends the run between two files. The run commits the rows that it has read, and the same command continues.
  const isOver = (): boolean => signal.aborted;
  const never = new AbortController().signal;
  const report = await compact(
    requests.places,
    {
      range,
      collection,
      isOver,
      onProgress: ({ rows, files, bytes, filesInDay, at }) =>
        progress.update(
          filesInDay.done,
          filesInDay.total,
          `${at}: ${files} files read, ${inBytes(bytes)}, ${rows} rows committed`,
        ),
    },
    never,
  );
  progress.end();
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  const isDone =
    report.left === 0 && report.daysLeft === 0 && report.broken.length === 0 && report.unreadable.length === 0;
  if (json) write(JSON.stringify({ ...reportOf(report), requests: requests.count(), seconds, done: isDone }));
  else for (const line of linesOf(report, seconds, requests.count())) write(line);
  return isDone ? 0 : 1;
}

function reportOf({ oldestLeftMs, ...report }: RunReport) {
  return {
    ...report,
    oldestLeft: oldestLeftMs === undefined ? null : new Date(oldestLeftMs).toISOString(),
    broken: report.broken.map(withNames),
    unreadable: report.unreadable.map(withNames),
  };
}

function* linesOf(report: RunReport, seconds: number, requests: number): Generator<string> {
  yield `${report.rows} rows from ${report.filesRead} files (${inBytes(report.bytes)}) into ${report.tables} tables, in ${seconds} s and ${requests} requests`;
  for (const { reason, ...table } of report.broken) yield `Cannot compact ${nameOf(table)}: ${reason}`;
  for (const { path, reason } of report.unreadable) yield `Cannot read ${path}: ${reason}`;
  if (report.left > 0 || report.daysLeft > 0) yield 'Not all is in the tables: run the same command again to continue.';
}
