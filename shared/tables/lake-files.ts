// Finds the collections, the days and the files of the lake.

import { readFileName } from '../events/file-name.ts';
import { compareText } from '../lake/compare-text.ts';
import type { LakeFile, LakeReader } from '../lake/lake.ts';
import { isNameFolder } from '../lake/path-name.ts';

/** The names of its folders, which are encoded: lake/path-name.ts. */
export interface Collection {
  readonly db: string;
  readonly coll: string;
}

export interface EventFile extends LakeFile {
  /** The hour of its folders, as `2026-11-20T10`. */
  readonly hour: string;
  /** The time of its first event. The beginning of its hour if the name has no time. */
  readonly ms: number;
  /** The digest of the event or of the batch. Undefined if another program named the file. */
  readonly digest: string | undefined;
}

/** From `fromMs` up to `toMs`, without `toMs`. Both are the beginning of an hour. */
export interface HourRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const dayMs = 86_400_000;

export async function collectionsIn(reader: LakeReader, directory: string, signal: AbortSignal): Promise<Collection[]> {
  const dbs = (await reader.folders(directory, signal)).filter(isNameFolder);
  const found: Collection[] = [];
  for (const db of dbs)
    for (const coll of await reader.folders(joined(directory, db), signal))
      if (isNameFolder(coll)) found.push({ db, coll });
  return found.sort((one, other) => compareText(`${one.db}/${one.coll}`, `${other.db}/${other.coll}`));
}

/** The days of a collection that have files in the range, oldest first, as `2026-11-20`. */
export async function daysOf(
  reader: LakeReader,
  folder: string,
  { fromMs, toMs }: HourRange,
  signal: AbortSignal,
): Promise<string[]> {
  const days: string[] = [];
  for (const year of await numbered(reader, folder, 'year', signal))
    for (const month of await numbered(reader, `${folder}/year=${year}`, 'month', signal))
      for (const day of await numbered(reader, `${folder}/year=${year}/month=${month}`, 'day', signal)) {
        const startMs = Date.parse(`${year}-${month}-${day}T00:00:00.000Z`);
        if (startMs + dayMs > fromMs && startMs < toMs) days.push(`${year}-${month}-${day}`);
      }
  return days;
}

async function numbered(reader: LakeReader, folder: string, name: string, signal: AbortSignal): Promise<string[]> {
  const folders = await reader.folders(folder, signal);
  const pattern = new RegExp(`^${name}=(\\d{2}|\\d{4})$`);
  return folders.flatMap((found) => pattern.exec(found)?.[1] ?? []).sort();
}

/** Every day of a range. It does not ask the lake, so it is for a range of a few days. */
export function daysIn({ fromMs, toMs }: HourRange): string[] {
  const days: string[] = [];
  for (let ms = Math.floor(fromMs / dayMs) * dayMs; ms < toMs; ms += dayMs)
    days.push(new Date(ms).toISOString().slice(0, 10));
  return days;
}

export function folderOfDay(folder: string, day: string): string {
  const [year, month, dayOfMonth] = day.split('-');
  return `${folder}/year=${year}/month=${month}/day=${dayOfMonth}`;
}

const eventPath = /\/year=(\d{4})\/month=(\d{2})\/day=(\d{2})\/hour=(\d{2})\/([^/]+\.jsonl?)$/;

/** Undefined if the file has no events: readers of a lake skip names that begin with a dot or an underscore. */
export function eventFileOf(file: LakeFile): EventFile | undefined {
  const [, year, month, day, hour, name] = eventPath.exec(file.path) ?? [];
  if (name === undefined || name.startsWith('.') || name.startsWith('_')) return undefined;
  const text = `${year}-${month}-${day}T${hour}`;
  if (text !== lastHour.text) lastHour = { text, ms: hourStartMs(text) };
  if (Number.isNaN(lastHour.ms)) return undefined;
  const named = readFileName(name);
  return { ...file, hour: lastHour.text, ms: named?.ms ?? lastHour.ms, digest: named?.digest };
}

/** Most files have the hour of the file before. They share one text, because a day can have millions of files. */
let lastHour = { text: '', ms: Number.NaN };

export function isInRange({ hour }: Pick<EventFile, 'hour'>, { fromMs, toMs }: HourRange): boolean {
  const startMs = hourStartMs(hour);
  return startMs >= fromMs && startMs < toMs;
}

export function hourStartMs(hour: string): number {
  return Date.parse(`${hour}:00:00.000Z`);
}

export function hourOfMs(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13);
}

/** An empty directory is the root of a store. */
export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}
