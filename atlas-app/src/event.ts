// The form in which a change event is signed, sent and kept.
import { sha256, webhookIdOf } from './signature.ts';

/** A separate database, so that a trigger on the whole cluster can ignore its changes. */
export const ownDatabase = 'atlas_lake_sync';

export interface OutgoingEvent {
  /** The resume token. Undefined when the event has none. */
  readonly token: string | undefined;
  /** A hash of the token, because the token contains the document key. The same at each try. */
  readonly webhookId: string;
  /** The last part of the file name of the event. */
  readonly digest: string;
  readonly namespace: string;
  readonly operationType: string;
  readonly text: string;
}

/** Changes of the outbox itself, and values that are no event: "Run" in the Atlas UI passes a greeting. */
export function isToBeIgnored(changeEvent: Fields): boolean {
  return !isFields(changeEvent) || fieldsOf(changeEvent['ns'])['db'] === ownDatabase;
}

export function outgoingEvent(changeEvent: Fields): OutgoingEvent {
  const ns = fieldsOf(changeEvent['ns']);
  const db = textIn(ns['db']);
  const coll = textIn(ns['coll']);
  const token = textIn(fieldsOf(changeEvent['_id'])['_data']);
  // Made only once, because the signature covers exactly these bytes.
  const text = canonicalText(changeEvent);
  return {
    token,
    webhookId: webhookIdOf('evt', token === undefined ? text : token),
    digest: sha256(JSON.stringify([orNull(db), orNull(coll), orNull(token)])).slice(0, 16),
    namespace: [db, coll].filter((name) => name !== undefined).join('.'),
    operationType: String(changeEvent['operationType']),
    text,
  };
}

/**
 * Canonical, so that no number changes its type. The documentation says that canonical is the default without options.
 */
export function canonicalText(value: unknown): string {
  try {
    return EJSON.stringify(value, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.stringify(value);
  }
}

function orNull(text: string | undefined): string | null {
  return text === undefined ? null : text;
}

export function byteLength(text: string): number {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}

export interface Snapshot {
  readonly database: string;
  readonly collection: string;
  /**
   * The fields of a sharded collection's key, in order. In a document key, `_id` follows them if it is not one of them.
   */
  readonly shardKey: readonly string[];
  /** Unix seconds, before the load began. The trigger was already on. */
  readonly t0: number;
}

/** Makes the snapshot event of an existing document. docs/lake.md has the rule: "The token of a snapshot event". */
export function snapshotEvent(document: Fields, snapshot: Snapshot): OutgoingEvent {
  const { database, collection, t0 } = snapshot;
  const key = canonicalText(documentKey(document, snapshot.shardKey));
  const token = snapshotToken(t0, database, collection, key);
  const text = [
    `{"_id":{"_data":"${token}"},"operationType":"insert","snapshot":true,`,
    `"clusterTime":{"$timestamp":{"t":${t0},"i":0}},`,
    `"ns":${JSON.stringify({ db: database, coll: collection })},`,
    `"documentKey":${key},"fullDocument":${canonicalText(document)}}`,
  ].join('');
  const digest = sha256(JSON.stringify([database, collection, token])).slice(0, 16);
  const namespace = `${database}.${collection}`;
  return { token, webhookId: webhookIdOf('evt', token), digest, namespace, operationType: 'insert', text };
}

/** Sorts after every event before T0 and before every event since, and is the same at each try. */
function snapshotToken(t0: number, database: string, collection: string, key: string): string {
  const digest = sha256(JSON.stringify([database, collection, key])).slice(0, 32);
  return `82${t0.toString(16).padStart(8, '0')}0000000000${digest}`.toUpperCase();
}

/** The same document key as in change events. */
export function documentKey(document: Fields, shardKey: readonly string[]): Fields {
  const key: Record<string, unknown> = {};
  for (const field of shardKey) {
    const value = valueAt(document, field);
    // The key in change events also leaves out missing fields.
    if (value !== undefined) key[field] = value;
  }
  return Object.assign(key, { _id: document['_id'] });
}

function valueAt(document: Fields, path: string): unknown {
  const [first = '', ...names] = path.split('.');
  const top = Object.keys(document).includes(first) ? document[first] : undefined;
  return names.reduce((value: unknown, name) => (hasMember(value, name) ? value[name] : undefined), top);
}

/** A path goes through documents only. In the text, an ObjectId or a date has no members of that name. */
function hasMember(value: unknown, name: string): value is Fields {
  if (!isFields(value) || Array.isArray(value)) return false;
  return Object.keys(fieldsOf(JSON.parse(canonicalText(value)))).includes(name);
}

/** Reads unchecked values: an event, an answer, a document of the database. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
