// Where an event's file is. A pure function of the event and the settings, never of the clock: a redelivery finds the same file.

import { noName, pathName, sha256Hex } from '../lake/path-name.ts';
import type { ChangeEvent, EventTime } from './change-event.ts';

export type Layout = 'partitioned' | 'flat';

export interface Naming {
  readonly directory: string;
  readonly layout: Layout;
  readonly filePrefix: string;
}

/** What placing needs of an event. */
export type Placed = Pick<ChangeEvent, 'db' | 'coll' | 'time' | 'sequence' | 'documentId'>;

export function lakePath(event: Placed, naming: Naming): string {
  return `${folderOf(event, naming)}${fileName(event, naming.filePrefix)}`;
}

/** With a slash behind it; empty where files stand in no folder. */
export function folderOf(event: Pick<Placed, 'db' | 'coll' | 'time'>, { directory, layout }: Naming): string {
  const folders = layout === 'partitioned' ? [namespaceFolder(event), hourFolder(event.time.ms)] : [];
  return [directory, ...folders].map((folder) => (folder === '' ? '' : `${folder}/`)).join('');
}

function namespaceFolder({ db, coll }: Pick<Placed, 'db' | 'coll'>): string {
  return `${db === undefined ? noName : pathName(db)}/${coll === undefined ? noName : pathName(coll)}`;
}

/** The names that Hive, Spark and Synapse take for partitions; in UTC. */
export function hourFolder(ms: number): string {
  const [year, month, day, hour] = new Date(ms).toISOString().split(/[-T:]/);
  return `year=${year}/month=${month}/day=${day}/hour=${hour}`;
}

function fileName(event: Placed, prefix: string): string {
  const id = event.documentId === undefined ? '' : `-${event.documentId}`;
  return `${prefix}-${timeName(event.time)}${id}-${digestOf(event)}.json`;
}

/** Padded, so that names sort by time. */
export function timeName({ seconds, increment }: EventTime): string {
  return [seconds, increment].map((count) => String(count).padStart(10, '0')).join('-');
}

/** Of the token alone two clusters could have the same; the token itself must not show: it holds the document's key. */
export function digestOf({ db, coll, sequence }: Pick<Placed, 'db' | 'coll' | 'sequence'>): string {
  return sha256Hex(JSON.stringify([db ?? null, coll ?? null, sequence])).slice(0, 16);
}
