// Makes the snapshot event of an existing document. docs/lake.md has the rule: "The token of a snapshot event".
import { canonicalText, type OutgoingEvent, sha256, webhookIdOf } from './event.ts';
import { isFields } from './fields.ts';

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
  return { token, webhookId: webhookIdOf(token), digest, namespace, operationType: 'insert', text };
}

/** Sorts after every event before T0 and before every event since, and is the same at each try. */
function snapshotToken(t0: number, database: string, collection: string, key: string): string {
  const digest = sha256(JSON.stringify([database, collection, key])).slice(0, 32);
  return `82${t0.toString(16).padStart(8, '0')}0000000000${digest}`.toUpperCase();
}

/** The same document key as in change events. */
function documentKey(document: Fields, shardKey: readonly string[]): Fields {
  const key: Record<string, unknown> = {};
  for (const field of shardKey) {
    const value = valueAt(document, field);
    // The key in change events also leaves out missing fields.
    if (value !== undefined) key[field] = value;
  }
  return Object.assign(key, { _id: document['_id'] });
}

function valueAt(document: Fields, path: string): unknown {
  return path.split('.').reduce((value: unknown, name) => (isFields(value) ? value[name] : undefined), document);
}
