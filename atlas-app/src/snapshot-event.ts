// Makes the snapshot event of an existing document. docs/lake.md has the rule: "The token of a snapshot event".
import { anyText, canonicalText, fieldsOf, isFields, type OutgoingEvent } from './event.ts';
import { sha256, webhookIdOf } from './signature.ts';

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

export function snapshotEvent(document: Fields, snapshot: Snapshot): OutgoingEvent {
  return eventWith(document, snapshot, (token, nsAndKey) =>
    [
      `{"_id":{"_data":"${token}"},"operationType":"insert","snapshot":true,`,
      `"clusterTime":{"$timestamp":{"t":${snapshot.t0},"i":0}},`,
      `${nsAndKey},"fullDocument":${canonicalText(document)}}`,
    ].join(''),
  );
}

/**
 * Stands for a document that cannot be written as Extended JSON, such as one with a field `_bsontype`. Its text is no
 * change event, so the receiver refuses it again after a requeue.
 */
export function unwritableEvent(document: Fields, snapshot: Snapshot): OutgoingEvent {
  return eventWith(document, snapshot, (_token, nsAndKey) => `{${nsAndKey}}`);
}

function eventWith(
  document: Fields,
  { database, collection, shardKey, t0 }: Snapshot,
  textOf: (token: string, nsAndKey: string) => string,
): OutgoingEvent {
  const key = anyText(documentKey(document, shardKey));
  const token = snapshotToken(t0, database, collection, key);
  const text = textOf(token, `"ns":${JSON.stringify({ db: database, coll: collection })},"documentKey":${key}`);
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
  return namesIn(value).includes(name);
}

function namesIn(value: Fields): readonly string[] {
  try {
    return Object.keys(fieldsOf(JSON.parse(canonicalText(value))));
  } catch (_unwritable) {
    // Only a document can be unwritable.
    return Object.keys(value);
  }
}
