// A cluster as far as a change stream shows it: documents of two collections, and the events of their changes in stream
// order.
import { changeEvents, type EventFields, eventSeconds } from './change-events.ts';
import type { Change, Collection } from './model-plan.ts';

export interface ModelCluster {
  /** Makes a change, and returns the token of its event. */
  readonly change: (change: Change) => string;
  /** The event as it is delivered now: the document of an update is looked up at each delivery. */
  readonly eventNow: (token: string) => EventFields;
  readonly tokens: () => readonly string[];
  readonly collectionOf: (token: string) => Collection;
  /** The existing documents, by the text of their keys. */
  readonly documents: (coll: Collection) => ReadonlyMap<string, EventFields>;
}

/** Keys of several types. Some look alike and differ: by type, or by the order of their fields. */
const ids: readonly unknown[] = [
  { $oid: '573a1390f29313caabcd4135' },
  '573a1390f29313caabcd4135',
  { $numberInt: '7' },
  '7',
  { studio: 'é', no: { $numberInt: '7' } },
  { no: { $numberInt: '7' }, studio: 'é' },
  { $binary: { base64: 'wjQ0Iu/hT0y3VVvXzTkyKA==', subType: '04' } },
  "a/../b's",
];

/** 10:59:30, so that the hour changes during the run. */
const firstSeconds = eventSeconds + 44 * 60;

export function modelCluster(): ModelCluster {
  const documents = { movies: new Map<string, EventFields>(), series: new Map<string, EventFields>() };
  const events = new Map<string, { readonly coll: Collection; readonly key: string; readonly event: EventFields }>();
  let time = { t: firstSeconds, i: 0 };
  let inTransaction = 0;

  /** In each second, increments begin at 1. All changes of a transaction have one time. */
  function tick(seconds: number | undefined): void {
    inTransaction = seconds === undefined && time.i > 0 ? inTransaction + 1 : 0;
    if (inTransaction > 0) return;
    time = seconds === undefined || seconds === 0 ? { ...time, i: time.i + 1 } : { t: time.t + seconds, i: 1 };
  }

  return {
    change: ({ coll, which, choice, letters, seconds }) => {
      tick(seconds);
      const _id = ids[which % ids.length];
      const key = JSON.stringify({ _id });
      const before = documents[coll].get(key);
      const number = events.size + 1;
      const after = nextOf(before, _id, choice, number, letters);
      if (after === undefined) documents[coll].delete(key);
      else documents[coll].set(key, after.document);
      const token = tokenAt(time.t, time.i, inTransaction, key);
      const event = {
        ...(after === undefined ? deleteOf(coll === 'movies' ? before : undefined) : after.event),
        _id: { _data: token },
        clusterTime: { $timestamp: { ...time } },
        wallTime: { $date: { $numberLong: String(time.t * 1000 + 250) } },
        ns: { db: 'sample_mflix', coll },
        documentKey: { _id },
        ...(inTransaction > 0 && { txnNumber: { $numberLong: String(number) } }),
      };
      events.set(token, { coll, key, event });
      return token;
    },
    eventNow: (token) => {
      const { coll, key, event } = known(token);
      if (event['operationType'] !== 'update') return event;
      return { ...event, fullDocument: documents[coll].get(key) ?? null };
    },
    tokens: () => [...events.keys()],
    collectionOf: (token) => known(token).coll,
    documents: (coll) => documents[coll],
  };

  function known(token: string) {
    const found = events.get(token);
    if (found === undefined) throw new Error(`there is no event ${token}`);
    return found;
  }
}

/** Inserts a missing document, for the first time or again. Updates, replaces or deletes an existing one. */
function nextOf(before: EventFields | undefined, _id: unknown, choice: number, number: number, letters: number) {
  const { insert, update, replace } = changeEvents;
  const views = { $numberLong: String(5_000_000_000 + number) };
  const document = { _id, title: `${number} ${'é'.repeat(letters)}`, views };
  if (before === undefined) return { document, event: { ...insert, fullDocument: document } };
  if (choice < 2) return undefined;
  if (choice < 3) return { document, event: { ...replace, fullDocument: document } };
  const updateDescription = { updatedFields: { views }, removedFields: [], truncatedArrays: [] };
  return { document: { ...before, views }, event: { ...update, updateDescription } };
}

/** Only one of the collections keeps pre-images. */
function deleteOf(before: EventFields | undefined): EventFields {
  const { fullDocumentBeforeChange: _, ...others } = changeEvents.delete;
  return before === undefined ? others : { ...others, fullDocumentBeforeChange: before };
}

/** In the form of a server's token: time, place in the transaction, collection, key. */
function tokenAt(t: number, i: number, inTransaction: number, key: string): string {
  const time = t.toString(16) + i.toString(16).padStart(8, '0');
  const place = inTransaction === 0 ? '29' : `2B${(inTransaction * 2).toString(16).padStart(2, '0')}`;
  const collection = 'c2343422efe14f4cb7555bd7cd393228';
  return `82${time}2B042C0100${place}6E5A1004${collection}463C${Buffer.from(key).toString('hex')}000004`.toUpperCase();
}
