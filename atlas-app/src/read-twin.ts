// Reads a document whose `_id` is that of the position, on another shard.
import { isWritable, orNull } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import { withFilter } from './load-filter.ts';
import { canHaveTwins, keyDigest, type Position } from './load-position.ts';
import { collectionOf } from './runtime.ts';
import { documentKey } from './snapshot-event.ts';

/**
 * Undefined if all documents with the `_id` of the position are durable. The index of `_id` finds them. A sort by more
 * fields than `_id` would need another index, or would sort the whole collection for each page.
 */
export async function nextTwin(wanted: Wanted, position: Position | undefined): Promise<Fields | undefined> {
  const { shardKey } = wanted;
  if (position === undefined || !canHaveTwins(shardKey)) return undefined;
  const sameId = { _id: { $eq: position._id } };
  const keys = await find(wanted, [sameId], onlyKeys(shardKey));
  for (const key of keys) {
    const digest = keyDigest(key, shardKey);
    if (position.durable.includes(digest)) continue;
    // Alone, because several documents of 16 MB can have one `_id`.
    const found = await find(wanted, [sameId, ...conditionsOf(key, shardKey)]);
    // Without it, the document is deleted, or its key has changed: the change event is later than T0.
    const twin = found.find((document) => keyDigest(document, shardKey) === digest);
    if (twin !== undefined) return twin;
  }
  return undefined;
}

async function find(
  { database, collection, filter }: Wanted,
  others: readonly Fields[],
  projection: Fields = {},
): Promise<Fields[]> {
  return await collectionOf(database, collection).find(withFilter(filter, others), projection).toArray();
}

/** Whole members at the top, because a projection of both `a` and `a.b` is refused. */
function onlyKeys(shardKey: readonly string[]): Fields {
  const members: Record<string, 1> = { _id: 1 };
  for (const field of shardKey) members[field.replace(/\..*$/, '')] = 1;
  return members;
}

/** A shard has missing fields and null in one place. A query cannot have all values, but the digest finds the twin. */
function conditionsOf(document: Fields, shardKey: readonly string[]): Fields[] {
  const key = documentKey(document, shardKey);
  const sent = shardKey.filter((field) => isWritable(key[field]));
  return sent.map((field) => ({ [field]: { $eq: orNull(key[field]) } }));
}
