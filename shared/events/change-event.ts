// Reads a change event. It asks only for what placing needs: the resume token, the operation type and a time.

import { yearTenThousandMs } from '../extended-json/dates.ts';
import { dollarKeyAt, readTypedValue } from '../extended-json/read-typed-value.ts';
import { readDate } from '../extended-json/typed-value.ts';
import { uuidOf } from '../extended-json/uuid.ts';
import { type Member, memberOf, membersOf, openBrace, parseAt, quote, type Span, stringAt } from '../json/json-text.ts';
import { type ClusterTime, isPlaceable } from './change-event-validator.ts';
import {
  maxDatabaseBytes,
  maxFields,
  maxNamespaceBytes,
  maxOperationTypeBytes,
  maxTokenBytes,
  type Refusal,
  type RefusalCode,
  type RefusedField,
} from './refusal.ts';

export interface ChangeEvent {
  /** Where the event stands, among others maybe; `fields` says what of it is this event's. */
  readonly text: Uint8Array;
  readonly fields: ReadonlyMap<string, Member>;
  readonly operationType: string;
  /** The resume token, `_id._data`. */
  readonly sequence: string;
  readonly time: EventTime;
  /** Absent with events of a whole cluster, such as `invalidate`. */
  readonly db: string | undefined;
  /** Absent with events of a whole database, such as `dropDatabase`. */
  readonly coll: string | undefined;
  /** The key of the document where it is an ObjectId or a UUID, as plain text. */
  readonly documentId: string | undefined;
  /** Made by the initial load of a collection, not by a change. */
  readonly isSnapshot: boolean;
}

/** The event's own time: `clusterTime`, or `wallTime` of an event that has none. */
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
  const placing = placingOf(text, fields);
  if (!isPlaceable(placing))
    return { kind: 'refused', refusal: refusalOf(placing, isPlaceable.errors?.[0]?.instancePath ?? '') };

  const { _id, operationType, clusterTime, wallTime, ns } = placing;
  const time = clusterTime === undefined ? timeOfWall(wallTime) : timeOfCluster(clusterTime);
  if (time === undefined) return refused('malformed', 'wallTime');
  const documentId = documentIdOf(text, fields.get('documentKey'));
  const isSnapshot = operationType === 'insert' && isTrue(text, fields.get('snapshot'));
  const placed = { operationType, sequence: _id._data, time, db: ns?.db, coll: ns?.coll, documentId };
  return { kind: 'change-event', event: { text, fields, ...placed, isSnapshot } };
}

/** The few fields that placing needs, as they are; null where a value has another type than is asked for. */
function placingOf(text: Uint8Array, fields: ReadonlyMap<string, Member>): Readonly<Record<string, unknown>> {
  const token = fields.get('_id');
  const namespace = fields.get('ns');
  return {
    _id: token && { _data: stringOf(text, memberIn(text, token, '_data'), maxTokenBytes) },
    operationType: stringOf(text, fields.get('operationType'), maxOperationTypeBytes),
    clusterTime: smallValue(text, fields.get('clusterTime')),
    // Only asked for where it has to stand in for the time of the cluster.
    wallTime: fields.has('clusterTime') ? undefined : smallValue(text, fields.get('wallTime')),
    ns: namespace && namespaceOf(text, namespace),
  };
}

function namespaceOf(text: Uint8Array, namespace: Member): unknown {
  if (text[namespace.start] !== openBrace) return smallValue(text, namespace) ?? undefined;
  const db = stringOf(text, memberIn(text, namespace, 'db'), maxDatabaseBytes);
  const dbBytes = typeof db === 'string' ? Buffer.byteLength(db) + 1 : 0;
  return { db, coll: stringOf(text, memberIn(text, namespace, 'coll'), maxNamespaceBytes - dbBytes) };
}

function memberIn(text: Uint8Array, { start }: Member, key: string): Member | undefined {
  return text[start] === openBrace ? memberOf(text, start, key) : undefined;
}

/** In the place of a string that is longer than it may be: the validator refuses it, as it is no string. */
const tooLong = Symbol('too long');

function stringOf(
  text: Uint8Array,
  member: Member | undefined,
  maxBytes: number,
): string | null | undefined | typeof tooLong {
  if (member === undefined) return undefined;
  if (text[member.start] !== quote) return null;
  // An escape is at most six bytes for one: what is longer than that is not even made a string of.
  if (member.end - member.start - 2 > maxBytes * 6) return tooLong;
  const string = stringAt(text, member.start, member.end);
  return Buffer.byteLength(string) > maxBytes ? tooLong : string;
}

/** No other value begins with a `t`. */
function isTrue(text: Uint8Array, member: Member | undefined): boolean {
  return member !== undefined && text[member.start] === 0x74;
}

const maxTimeBytes = 4096;

/** A time is short, however it is indented: anything longer is not one, and is not worth parsing. */
function smallValue(text: Uint8Array, member: Member | undefined): unknown {
  if (member === undefined) return undefined;
  return member.end - member.start > maxTimeBytes ? false : parseAt(text, member);
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

/** The field that the validator stopped at, or one that is missing. */
function refusalOf(placing: Readonly<Record<string, unknown>>, instancePath: string): Refusal {
  if (instancePath === '') return { code: 'missing', field: missingField(placing) };
  const [, name = '', inner] = instancePath.split('/');
  const field = placingFields.find((one) => one === name) ?? '_id';
  const { [inner ?? '']: part }: Readonly<Record<string, unknown>> = Object(placing[field]);
  if ((part ?? placing[field]) !== tooLong) return { code: 'malformed', field };
  if (field !== 'ns') return { code: 'too-long', field };
  return { code: 'too-long', field: inner === 'db' ? 'ns.db' : 'ns.coll' };
}

const placingFields = ['_id', 'operationType', 'clusterTime', 'wallTime', 'ns'] as const;

function missingField({ _id, operationType }: Readonly<Record<string, unknown>>): RefusedField {
  if (_id === undefined) return '_id';
  return operationType === undefined ? 'operationType' : 'clusterTime';
}

function refused(code: RefusalCode, field: RefusedField): ReadEvent {
  return { kind: 'refused', refusal: { code, field } };
}
