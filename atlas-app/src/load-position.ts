// How far a load is. An `_id` is unique on each shard only. So documents on several shards can have the same one: they
// are called twins.
import { anyText } from './event.ts';
import { sha256 } from './signature.ts';
import { documentKey } from './snapshot-event.ts';

/** All documents before this `_id` are durable. */
export interface Position {
  readonly _id: unknown;
  /** Digests of document keys: the documents with this `_id` that are durable too. Empty if the `_id` has no twins. */
  readonly durable: readonly string[];
}

/** Without a shard key the collection has one shard. A shard key that is `_id` gives each `_id` one shard. */
export function canHaveTwins(shardKey: readonly string[]): boolean {
  return shardKey.some((field) => field !== '_id');
}

export function keyDigest(document: Fields, shardKey: readonly string[]): string {
  return sha256(anyText(documentKey(document, shardKey))).slice(0, 32);
}

/**
 * The position behind these documents. `isTwin` is true if they have the `_id` of the last position for the server,
 * which can be another text: 1 and 1.0, or a and A with a collation.
 */
export function positionAfter(
  before: Position | undefined,
  documents: readonly Fields[],
  shardKey: readonly string[],
  isTwin: boolean,
): Position {
  const { _id } = documents[documents.length - 1] || {};
  if (!canHaveTwins(shardKey)) return { _id, durable: [] };
  const same = documents.filter((document) => isTwin || isSameText(document['_id'], _id));
  const isSame = before !== undefined && (isTwin || isSameText(before._id, _id));
  const earlier = isSame ? before.durable : [];
  return {
    _id: isSame ? before._id : _id,
    durable: earlier.concat(same.map((document) => keyDigest(document, shardKey))),
  };
}

function isSameText(one: unknown, other: unknown): boolean {
  return anyText({ _id: one }) === anyText({ _id: other });
}
