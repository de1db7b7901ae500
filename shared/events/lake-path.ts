// The path of an event's file. It depends only on the event and the settings, so a redelivery finds the same file.

import { noName, pathName, sha256Hex } from '../lake/path-name.ts';
import { withSlash } from '../lake/path-rules.ts';
import type { ChangeEvent, EventTime } from './change-event.ts';

export type Layout = 'partitioned' | 'flat';

export interface Naming {
  readonly directory: string;
  readonly layout: Layout;
  readonly filePrefix: string;
}

/** The parts of an event that its path needs. */
export type Placed = Pick<ChangeEvent, 'db' | 'coll' | 'time' | 'sequence' | 'documentId'>;

export function lakePath(event: Placed, naming: Naming): string {
  return `${folderOf(event, naming)}${fileName(event, naming.filePrefix)}`;
}

/** Ends with a slash. Empty for files at the root. */
export function folderOf(event: Pick<Placed, 'db' | 'coll' | 'time'>, { directory, layout }: Naming): string {
  const folders = layout === 'partitioned' ? [namespaceFolder(event), hourFolder(event.time.ms)] : [];
  return [directory, ...folders].map(withSlash).join('');
}

function namespaceFolder({ db, coll }: Pick<Placed, 'db' | 'coll'>): string {
  return `${db === undefined ? noName : pathName(db)}/${coll === undefined ? noName : pathName(coll)}`;
}

export const hourMs = 3_600_000;

export function startOfHour(ms: number): number {
  return Math.floor(ms / hourMs) * hourMs;
}

/** Hive, Spark and Synapse read these names as partitions. The time is UTC. */
export function hourFolder(ms: number): string {
  const [year, month, day, hour] = new Date(ms).toISOString().split(/[-T:]/);
  return `year=${year}/month=${month}/day=${day}/hour=${hour}`;
}

export function dayFolder(ms: number): string {
  return hourFolder(ms).slice(0, -'/hour=00'.length);
}

function fileName(event: Placed, prefix: string): string {
  const id = event.documentId === undefined ? '' : `-${event.documentId}`;
  return `${prefix}-${timeName(event.time)}${id}-${digestOf(event)}.json`;
}

/** Padded, so that names sort by time. */
export function timeName({ seconds, increment }: EventTime): string {
  return [seconds, increment].map((count) => String(count).padStart(10, '0')).join('-');
}

/** Two clusters can have the same token, so the namespace is part of it. A hash hides the document key of the token. */
export function digestOf({ db, coll, sequence }: Pick<Placed, 'db' | 'coll' | 'sequence'>): string {
  return sha256Hex(JSON.stringify([db ?? null, coll ?? null, sequence])).slice(0, 16);
}
