// Reads a change event. It asks only for what placing needs: the resume token, the operation type and a time.

import { yearTenThousandMs } from '../extended-json/dates.ts';
import { dollarKeyAt, readTypedValue } from '../extended-json/read-typed-value.ts';
import { readDate } from '../extended-json/typed-value.ts';
import { uuidOf } from '../extended-json/uuid.ts';
import { openBrace } from '../json/json-bytes.ts';
import { type Member, memberIn, membersOf, type Span } from '../json/json-text.ts';
import type { ClusterTime } from './change-event-validator.ts';
import { readPlacing } from './placing.ts';
import { maxFields, type Refusal, type RefusalCode, type RefusedField } from './refusal.ts';

export interface ChangeEvent {
  /** The text around the event. It can have other events too. `fields` has the spans of this event. */
  readonly text: Uint8Array;
  readonly fields: ReadonlyMap<string, Member>;
  readonly operationType: string;
  /** The resume token, `_id._data`. */
  readonly sequence: string;
  readonly time: EventTime;
  /** Undefined for events of the whole cluster, such as `invalidate`. */
  readonly db: string | undefined;
  /** Undefined for events of a whole database, such as `dropDatabase`. */
  readonly coll: string | undefined;
  /** The `_id` of the document as plain text, if it is an ObjectId or a UUID. */
  readonly documentId: string | undefined;
  /** True for an event of an initial load. No change caused it. */
  readonly isSnapshot: boolean;
}

/** The time of the event: its `clusterTime`, or its `wallTime` if it has no `clusterTime`. */
export interface EventTime {
  readonly ms: number;
  readonly seconds: number;
  readonly increment: number;
}

export type ReadEvent =
  | { readonly kind: 'change-event'; readonly event: ChangeEvent }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export function readChangeEvent(text: Uint8Array, span: Span): ReadEvent {
  if (text[span.start] !== openBrace) return refused('not-an-object', '');
  const fields = membersOf(text, span.start, maxFields);
  if (fields === undefined) return refused('too-many-fields', '');
  const read = readPlacing(text, fields);
  if (read.kind === 'refused') return read;

  const { _id, operationType, clusterTime, wallTime, ns } = read.placing;
  const time = clusterTime === undefined ? timeOfWall(wallTime) : timeOfCluster(clusterTime);
  if (time === undefined) return refused('malformed', 'wallTime');
  const documentId = documentIdOf(text, fields.get('documentKey'));
  const isSnapshot = operationType === 'insert' && isTrue(text, fields.get('snapshot'));
  const placed = { operationType, sequence: _id._data, time, db: ns?.db, coll: ns?.coll, documentId };
  return { kind: 'change-event', event: { text, fields, ...placed, isSnapshot } };
}

/** Only `true` begins with a `t`. */
function isTrue(text: Uint8Array, member: Member | undefined): boolean {
  return member !== undefined && text[member.start] === 0x74;
}

function timeOfCluster({ $timestamp: { t, i } }: ClusterTime): EventTime {
  return { ms: t * 1000, seconds: t, increment: i };
}

function timeOfWall(wallTime: { readonly $date: unknown } | undefined): EventTime | undefined {
  const date = readDate(wallTime?.$date);
  if (date === undefined || date < 0n || date >= yearTenThousandMs) return undefined;
  const ms = Number(date);
  return { ms, seconds: Math.floor(ms / 1000), increment: 0 };
}

function documentIdOf(text: Uint8Array, documentKey: Member | undefined): string | undefined {
  const id = documentKey && memberIn(text, documentKey, '_id');
  const key = id && text[id.start] === openBrace ? dollarKeyAt(text, id.start) : undefined;
  if (id === undefined || (key !== '$oid' && key !== '$uuid' && key !== '$binary')) return undefined;
  const value = readTypedValue(text, id.start, key)?.value;
  if (value?.type === 'objectId') return value.hex;
  return value?.type === 'binary' ? uuidOf(value) : undefined;
}

function refused(code: RefusalCode, field: RefusedField): ReadEvent {
  return { kind: 'refused', refusal: { code, field } };
}
