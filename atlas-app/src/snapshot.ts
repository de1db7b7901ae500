// A document that was there before → its snapshot event. docs/lake.md, "The token of a snapshot event", has the rule.
import { canonicalText, type OutgoingEvent, sha256, webhookIdOf } from './event.ts';
import { isFields } from './fields.ts';

export interface Snapshot {
  readonly database: string;
  readonly collection: string;
  /** The fields of a sharded collection's key, in order. `_id` follows them in the key of a document, unless it is one of them. */
  readonly shardKey: readonly string[];
  /** A second before the load began. The trigger was on before it. */
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

/** As change events have it. */
function documentKey(document: Fields, shardKey: readonly string[]): Fields {
  const key: Record<string, unknown> = {};
  for (const field of shardKey) {
    const value = valueAt(document, field);
    // A field that the document lacks is not in the key of its events either.
    if (value !== undefined) key[field] = value;
  }
  return Object.assign(key, { _id: document['_id'] });
}

function valueAt(document: Fields, path: string): unknown {
  return path.split('.').reduce((value: unknown, name) => (isFields(value) ? value[name] : undefined), document);
}
