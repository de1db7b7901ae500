// Adds up files by hour, for the last 24 hours of one collection.
import { readFileName } from '../../events/file-name.ts';
import { hourMs, startOfHour } from '../../events/lake-path.ts';
import type { LakeFile } from '../../lake/lake.ts';

/** When the first event of a file happened, and when the file was written. */
interface NewestFile {
  readonly eventMs: number;
  readonly writtenMs: number;
}

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
  readonly newest: NewestFile | undefined;
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
    const named = readFileName(file.path);
    if (named === undefined) continue;
    const { ms: eventMs, events } = named;
    const writtenMs = file.modifiedMs;
    const startMs = startOfHour(eventMs);
    const hour = hours.get(startMs) ?? emptyHour(startMs);
    hours.set(startMs, {
      startMs,
      events: hour.events + events,
      files: hour.files + 1,
      bytes: hour.bytes + file.bytes,
      late: hour.late + (writtenMs - eventMs > lateAfterMs ? events : 0),
      newest: hour.newest === undefined || eventMs >= hour.newest.eventMs ? { eventMs, writtenMs } : hour.newest,
    });
  }
}
