// The last 24 hours of one collection, added up file by file.

import type { LakeFile } from '../../lake/lake.ts';
import { type EventFile, eventFileOf } from './event-files.ts';

export const hourMs = 3_600_000;
export const shownHours = 24;
/** An event that was written so long after it happened is late. */
export const lateAfterMs = hourMs;

export interface HourCount {
  readonly startMs: number;
  readonly events: number;
  readonly files: number;
  readonly bytes: number;
  readonly late: number;
  /** The file whose event is the newest. */
  readonly newest: EventFile | undefined;
}

export function startOfHour(ms: number): number {
  return Math.floor(ms / hourMs) * hourMs;
}

/** The beginnings of the hours that are shown, oldest first; the last is the running one. */
export function hoursUntil(nowMs: number): readonly number[] {
  const last = startOfHour(nowMs);
  return Array.from({ length: shownHours }, (_, index) => last - (shownHours - 1 - index) * hourMs);
}

export function emptyHour(startMs: number): HourCount {
  return { startMs, events: 0, files: 0, bytes: 0, late: 0, newest: undefined };
}

/** Adds the files to their hours. An hour stands for the time of an event, never for that of its writing. */
export function addFiles(hours: Map<number, HourCount>, files: readonly LakeFile[]): void {
  for (const file of files) {
    const found = eventFileOf(file);
    if (found === undefined) continue;
    const startMs = startOfHour(found.eventMs);
    const hour = hours.get(startMs) ?? emptyHour(startMs);
    hours.set(startMs, {
      startMs,
      events: hour.events + found.events,
      files: hour.files + 1,
      bytes: hour.bytes + found.bytes,
      late: hour.late + (found.writtenMs - found.eventMs > lateAfterMs ? found.events : 0),
      newest: hour.newest === undefined || found.eventMs >= hour.newest.eventMs ? found : hour.newest,
    });
  }
}
