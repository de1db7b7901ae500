// Adds up files by hour, for the last 24 hours of one collection.
import { hourMs, startOfHour } from '../../events/lake-path.ts';
import type { LakeFile } from '../../lake/lake.ts';
import { type EventFile, eventFileOf } from './event-files.ts';

const shownHours = 24;
/** An event is late if it was written more than this time after the change. */
const lateAfterMs = hourMs;

export interface HourCount {
  readonly startMs: number;
  readonly events: number;
  readonly files: number;
  readonly bytes: number;
  readonly late: number;
  /** The file with the newest event. */
  readonly newest: EventFile | undefined;
}

/** The starts of the shown hours, oldest first. The last hour is the current one. */
export function hoursUntil(nowMs: number): readonly number[] {
  const last = startOfHour(nowMs);
  return Array.from({ length: shownHours }, (_, index) => last - (shownHours - 1 - index) * hourMs);
}

export function emptyHour(startMs: number): HourCount {
  return { startMs, events: 0, files: 0, bytes: 0, late: 0, newest: undefined };
}

/** Adds each file to the hour of its first event, not to the hour of its writing. */
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
