// Files of the lake in the receiver's form, for tests of readers.

import { batchFiles } from '../../shared/events/batch-file.ts';
import { type ChangeEvent, type ReadEvent, readChangeEvent } from '../../shared/events/change-event.ts';
import { pickDocument } from '../../shared/events/document.ts';
import { envelopeLine } from '../../shared/events/envelope.ts';
import { traceOf } from '../../shared/events/event-outcome.ts';
import { lakePath } from '../../shared/events/lake-path.ts';
import { refusalText } from '../../shared/events/refusal.ts';
import { type DocumentFormat, formats } from '../../shared/format/formats.ts';

export interface LakeEventFile {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface Naming {
  readonly directory?: string;
  readonly format?: DocumentFormat;
}

/** The file with LAKE_FILES=event. `event` is a change event, as JavaScript or as its text. */
export function eventFile(
  event: object | string,
  { directory = 'lake', format = 'relaxed' }: Naming = {},
): LakeEventFile {
  const read = changeEvent(event);
  const path = lakePath(read, { directory, layout: 'partitioned', filePrefix: 'change' });
  return { path, content: envelopeLine(read, pickDocument(read), formats[format]) };
}

/** The files with LAKE_FILES=batch for one delivery: one for each namespace and hour. */
export function batchFilesOf(
  events: readonly object[],
  { directory = 'lake', format = 'relaxed' }: Naming = {},
): LakeEventFile[] {
  const read = events.map(changeEvent);
  const batched = read.map((event, index) => ({
    index,
    read: (): ReadEvent => ({ kind: 'change-event', event }),
    placed: event,
    isSnapshot: event.isSnapshot,
    bytes: event.text.length,
    trace: traceOf(event),
  }));
  const files = batchFiles(batched, { directory, layout: 'partitioned', filePrefix: 'change' });
  return files.map((file) => {
    const lines = file.events.flatMap(({ index }) => {
      const event = read[index];
      return event === undefined ? [] : [envelopeLine(event, pickDocument(event), formats[format])];
    });
    return { path: file.path, content: Buffer.concat(lines) };
  });
}

function changeEvent(event: object | string): ChangeEvent {
  const text = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  const read = readChangeEvent(text, { start: 0, end: text.length });
  if (read.kind === 'refused')
    throw new Error(`Cannot make a file: the event must be readable: ${refusalText(read.refusal)}`);
  return read.event;
}

export interface EventOptions {
  /** The second after 2026-11-20T10:00:00Z, and the number of the event in it. */
  readonly second?: number;
  readonly increment?: number;
  readonly db?: string;
  readonly coll?: string;
  readonly fields?: object;
}

const firstSecond = Date.UTC(2026, 10, 20, 10) / 1000;

/** An insert with a token that sorts by time, like MongoDB's. */
export function insertEvent({
  second = 0,
  increment = 1,
  db = 'shop',
  coll = 'orders',
  fields = {},
}: EventOptions = {}) {
  const t = firstSecond + second;
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
  const _id = { $oid: `64b${hex(t).slice(0, 8)}${'0'.repeat(5)}${hex(increment)}`.slice(0, 24).toLowerCase() };
  return {
    _id: { _data: `82${hex(t)}${hex(increment)}2B042C0100296E5A1004` },
    operationType: 'insert',
    clusterTime: { $timestamp: { t, i: increment } },
    wallTime: { $date: new Date(t * 1000 + 250).toISOString() },
    ns: { db, coll },
    documentKey: { _id },
    fullDocument: { _id, amount: { $numberLong: '9007199254740993' }, note: 'ü' },
    ...fields,
  };
}
