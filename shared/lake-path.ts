// Where an event's file is. A pure function of the event and the settings, never of the clock: a redelivery finds the same file.
import type { ChangeEvent } from './change-event.ts';
import { noName, pathName, sha256Hex } from './path-name.ts';

export type Layout = 'partitioned' | 'flat';

export interface Naming {
  readonly directory: string;
  readonly layout: Layout;
  readonly filePrefix: string;
}

export function lakePath(event: ChangeEvent, naming: Naming): string {
  const folders = naming.layout === 'partitioned' ? [namespaceFolder(event), hourFolder(event.time.ms)] : [];
  return [naming.directory, ...folders, fileName(event, naming.filePrefix)].filter((part) => part !== '').join('/');
}

function namespaceFolder({ db, coll }: ChangeEvent): string {
  return `${db === undefined ? noName : pathName(db)}/${coll === undefined ? noName : pathName(coll)}`;
}

/** The names that Hive, Spark and Synapse take for partitions; in UTC. */
function hourFolder(ms: number): string {
  const [year, month, day, hour] = new Date(ms).toISOString().split(/[-T:]/);
  return `year=${year}/month=${month}/day=${day}/hour=${hour}`;
}

function fileName(event: ChangeEvent, prefix: string): string {
  const { seconds, increment } = event.time;
  const id = event.documentId === undefined ? '' : `-${event.documentId}`;
  return `${prefix}-${tenDigits(seconds)}-${tenDigits(increment)}${id}-${digestOf(event)}.json`;
}

/** Padded, so that names sort by time. */
function tenDigits(count: number): string {
  return String(count).padStart(10, '0');
}

/** Of the token alone two clusters could have the same; the token itself must not show: it holds the document's key. */
export function digestOf({ db, coll, sequence }: ChangeEvent): string {
  return sha256Hex(JSON.stringify([db ?? null, coll ?? null, sequence])).slice(0, 16);
}
