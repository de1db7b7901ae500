// The change events that all tests begin with: one valid event for each operation type, in canonical Extended JSON.
// Their form follows MongoDB's change stream specification. A test takes one and changes one thing.
// https://www.mongodb.com/docs/manual/reference/change-events/
import assert from 'node:assert/strict';
import { type ChangeEvent, readChangeEvent } from '../../shared/events/change-event.ts';
import { type Refusal, refusalText } from '../../shared/events/refusal.ts';
import { skipSpace } from '../../shared/json/json-bytes.ts';
import { valueEnd } from '../../shared/json/value-end.ts';

export type EventFields = Readonly<Record<string, unknown>>;

/** 2026-11-20T10:15:30Z, the `t` of each event's `clusterTime`. */
export const eventSeconds = 1_795_169_730;
export const movies = { db: 'sample_mflix', coll: 'movies' } as const;
export const heat = { _id: { $oid: '573a1390f29313caabcd4135' }, title: 'Heat', year: { $numberInt: '1995' } } as const;
const heatKey = { _id: heat._id };
const collectionUUID = { $binary: { base64: 'wjQ0Iu/hT0y3VVvXzTkyKA==', subType: '04' } };
const yearIndex = { v: { $numberInt: '2' }, key: { year: { $numberInt: '1' } }, name: 'year_1' };

export const changeEvents = {
  insert: { ...opening(1, 'insert'), fullDocument: heat, ns: movies, documentKey: heatKey },
  update: {
    ...opening(2, 'update'),
    fullDocument: { ...heat, views: { $numberLong: '9007199254740993' } },
    ns: movies,
    documentKey: heatKey,
    updateDescription: {
      updatedFields: { views: { $numberLong: '9007199254740993' } },
      removedFields: ['draft'],
      truncatedArrays: [],
    },
  },
  replace: {
    ...opening(3, 'replace'),
    fullDocument: { ...heat, title: 'Heat (1995)' },
    ns: movies,
    documentKey: heatKey,
  },
  delete: { ...opening(4, 'delete'), ns: movies, documentKey: heatKey, fullDocumentBeforeChange: heat },
  create: {
    ...opening(5, 'create'),
    collectionUUID,
    ns: movies,
    nsType: 'collection',
    operationDescription: {
      idIndex: { v: { $numberInt: '2' }, key: { _id: { $numberInt: '1' } }, name: '_id_' },
    },
  },
  createIndexes: {
    ...opening(6, 'createIndexes'),
    collectionUUID,
    ns: movies,
    operationDescription: { indexes: [yearIndex] },
  },
  dropIndexes: {
    ...opening(7, 'dropIndexes'),
    collectionUUID,
    ns: movies,
    operationDescription: { indexes: [yearIndex] },
  },
  modify: {
    ...opening(8, 'modify'),
    collectionUUID,
    ns: movies,
    operationDescription: { index: { name: 'year_1', hidden: true } },
    stateBeforeChange: { collectionOptions: { uuid: collectionUUID }, indexOptions: { hidden: false } },
  },
  shardCollection: {
    ...opening(9, 'shardCollection'),
    collectionUUID,
    ns: movies,
    operationDescription: {
      shardKey: { year: { $numberInt: '1' } },
      unique: false,
      numInitialChunks: { $numberLong: '0' },
      presplitHashedZones: false,
    },
  },
  reshardCollection: {
    ...opening(10, 'reshardCollection'),
    collectionUUID,
    ns: movies,
    operationDescription: {
      reshardUUID: collectionUUID,
      shardKey: { title: 'hashed' },
      oldShardKey: { year: { $numberInt: '1' } },
      unique: false,
      numInitialChunks: { $numberLong: '1' },
    },
  },
  refineCollectionShardKey: {
    ...opening(11, 'refineCollectionShardKey'),
    collectionUUID,
    ns: movies,
    operationDescription: {
      shardKey: { year: { $numberInt: '1' }, title: { $numberInt: '1' } },
      oldShardKey: { year: { $numberInt: '1' } },
    },
  },
  rename: {
    ...opening(12, 'rename'),
    collectionUUID,
    ns: movies,
    to: { db: 'sample_mflix', coll: 'films' },
    operationDescription: { to: { db: 'sample_mflix', coll: 'films' } },
  },
  drop: { ...opening(13, 'drop'), collectionUUID, ns: movies },
  dropDatabase: { ...opening(14, 'dropDatabase'), ns: { db: 'sample_mflix' } },
  invalidate: opening(15, 'invalidate'),
  // No server sends this name yet. MongoDB adds operation types with each version.
  archiveCollection: { ...opening(16, 'archiveCollection'), ns: movies, operationDescription: { to: 'cold' } },
} as const satisfies Record<string, EventFields>;

function opening(increment: number, operationType: string) {
  return {
    _id: { _data: tokenOf(increment) },
    operationType,
    clusterTime: { $timestamp: { t: eventSeconds, i: increment } },
    wallTime: { $date: { $numberLong: `${eventSeconds}250` } },
  };
}

/** In the form of a server's token: the time comes first, and the key of the document is readable. */
export function tokenOf(increment: number): string {
  const time = eventSeconds.toString(16) + increment.toString(16).padStart(8, '0');
  const collection = Buffer.from(collectionUUID.$binary.base64, 'base64').toString('hex');
  return `82${time}2B042C0100296E5A1004${collection}46645F69640064${heat._id.$oid}0004`.toUpperCase();
}

export function insertOf(document: unknown): EventFields {
  return withField(changeEvents.insert, 'fullDocument', document);
}

/** Replaces the field, or adds it at the end. */
export function withField(event: EventFields, name: string, value: unknown): EventFields {
  return { ...event, [name]: value };
}

export function withoutField(event: EventFields, name: string): EventFields {
  return Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));
}

export function textOf(event: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(event));
}

/** The event after the receiver has read it. */
export function readEvent(text: Uint8Array): ChangeEvent {
  const start = skipSpace(text, 0);
  const read = readChangeEvent(text, { start, end: valueEnd(text, start) });
  if (read.kind === 'refused') assert.fail(refusalText(read.refusal));
  return read.event;
}

export function eventOf(fields: EventFields): ChangeEvent {
  return readEvent(textOf(fields));
}

/** Why the text is refused. */
export function refusalOf(text: Uint8Array): Refusal {
  const start = skipSpace(text, 0);
  const read = readChangeEvent(text, { start, end: valueEnd(text, start) });
  if (read.kind === 'change-event') assert.fail('the event was read');
  return read.refusal;
}
