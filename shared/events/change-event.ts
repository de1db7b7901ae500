// From text to a typed change event. Asked for is only what placing needs: the resume token, the operation type and a time.

import { dollarKeyAt, readTypedValue } from '../extended-json/read-typed-value.ts';
import { readDate } from '../extended-json/typed-value.ts';
import { uuidOf } from '../extended-json/uuid.ts';
import { type Member, memberOf, membersOf, openBrace, parseAt, quote, type Span, stringAt } from '../json/json-text.ts';
import { type ClusterTime, isPlaceable } from './change-event-validator.ts';

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
  | { readonly kind: 'refused'; readonly reason: string };

/** Fifty times what any event has; without an end, an object of nothing but keys would take many times its text. */
const maxFields = 1000;

export function readChangeEvent(text: Uint8Array, span: Span): ReadEvent {
  if (text[span.start] !== openBrace) return refused('the event must be a JSON object: it is of another form');
  const fields = membersOf(text, span.start, maxFields);
  if (fields === undefined) return refused(`the event must have at most ${maxFields} fields: it has more`);
  const placing = placingOf(text, fields);
  if (!isPlaceable(placing)) return refused(problemWith(placing, isPlaceable.errors?.[0]?.instancePath ?? ''));

  const { _id, operationType, clusterTime, wallTime, ns } = placing;
  const time = clusterTime === undefined ? timeOfWall(wallTime) : timeOfCluster(clusterTime);
  if (time === undefined) return refused(problemWith(placing, '/wallTime'));
  const documentId = documentIdOf(text, fields.get('documentKey'));
  const isSnapshot = operationType === 'insert' && isTrue(text, fields.get('snapshot'));
  const placed = { operationType, sequence: _id._data, time, db: ns?.db, coll: ns?.coll, documentId };
  return { kind: 'change-event', event: { text, fields, ...placed, isSnapshot } };
}

/** The few fields that placing needs, as they are; null where something else stands than could be looked at cheaply. */
function placingOf(text: Uint8Array, fields: ReadonlyMap<string, Member>): Readonly<Record<string, unknown>> {
  const token = fields.get('_id');
  const namespace = fields.get('ns');
  return {
    _id: token && { _data: stringOf(text, memberIn(text, token, '_data')) },
    operationType: stringOf(text, fields.get('operationType')),
    clusterTime: smallValue(text, fields.get('clusterTime')),
    // Only asked for where it has to stand in for the time of the cluster.
    wallTime: fields.has('clusterTime') ? undefined : smallValue(text, fields.get('wallTime')),
    ns: namespace && namespaceOf(text, namespace),
  };
}

function namespaceOf(text: Uint8Array, namespace: Member): unknown {
  if (text[namespace.start] !== openBrace) return smallValue(text, namespace) ?? undefined;
  return {
    db: stringOf(text, memberIn(text, namespace, 'db')),
    coll: stringOf(text, memberIn(text, namespace, 'coll')),
  };
}

function memberIn(text: Uint8Array, { start }: Member, key: string): Member | undefined {
  return text[start] === openBrace ? memberOf(text, start, key) : undefined;
}

function stringOf(text: Uint8Array, member: Member | undefined): string | null | undefined {
  if (member === undefined) return undefined;
  return text[member.start] === quote ? stringAt(text, member.start, member.end) : null;
}

/** No other value begins with a `t`. */
function isTrue(text: Uint8Array, member: Member | undefined): boolean {
  return member !== undefined && text[member.start] === 0x74;
}

const maxTimeBytes = 4096;

/** A time is short, however it is indented: anything longer is none, and is not worth parsing. */
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

/** Names the field and what it must be, never what stands in it: that may be a customer's. */
function problemWith(placing: Readonly<Record<string, unknown>>, instancePath: string): string {
  const field = requirements.find(({ name }) => instancePath.startsWith(`/${name}`)) ?? missingField(placing);
  const found = placing[field.name] === undefined ? 'it is missing' : 'it is of another form';
  return `"${field.name}" must be ${field.mustBe}: ${found}`;
}

function missingField(placing: Readonly<Record<string, unknown>>): Requirement {
  return [token, operation].find(({ name }) => placing[name] === undefined) ?? aTime;
}

interface Requirement {
  readonly name: string;
  readonly mustBe: string;
}

const token: Requirement = { name: '_id', mustBe: 'a resume token {"_data":"…"}' };
const operation: Requirement = { name: 'operationType', mustBe: 'a non-empty string' };
const timestamp = 'a timestamp {"$timestamp":{"t":…,"i":…}} of whole numbers from 0 to 4294967295';
const date = 'a date {"$date":…} of the years 1970 to 9999';
/** Of an event that has neither. A clusterTime of another form is not made up for by a wallTime. */
const aTime: Requirement = { name: 'clusterTime', mustBe: `${timestamp}, or "wallTime" ${date}` };

const requirements: readonly Requirement[] = [
  token,
  operation,
  { name: 'clusterTime', mustBe: timestamp },
  { name: 'wallTime', mustBe: date },
  { name: 'ns', mustBe: 'an object with "db" and "coll" as non-empty strings, where it has them' },
];

const yearTenThousandMs = 253_402_300_800_000n;

function refused(problem: string): ReadEvent {
  return { kind: 'refused', reason: `Cannot read change event: ${problem}` };
}
