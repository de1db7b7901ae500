// Reads the next page of a load: documents in the order of `_id`, of limited size together.
import type { Wanted } from './initial-loads.ts';
import { firstPage, pageBytes } from './load-sizes.ts';
import type { Load } from './load-state.ts';
import { collectionOf } from './outbox.ts';

/**
 * Compares without type brackets: `{ _id: { $gt: last } }` would stay inside one BSON type and end there. Query and sort both
 * use the default collation of the collection.
 */
export async function readPage(
  { database, collection, filter }: Wanted,
  { position }: Load,
  most: number,
): Promise<Fields[]> {
  const after = position === undefined ? [] : [{ $expr: { $gt: ['$_id', { $literal: position._id }] } }];
  const parts = (filter === undefined ? [] : [filter]).concat(after);
  const query = parts.length === 0 ? {} : parts.length === 1 ? Object.assign({}, parts[0]) : { $and: parts };
  const documents = collectionOf(database, collection);
  // The first documents always fit. Of more, small ones can be followed by a thousand of 16 MB.
  const limit = most <= firstPage ? most : await fittingIn(documents, query, most);
  return await documents.find(query).sort({ _id: 1 }).limit(limit).toArray();
}

/** Asks the server for the sizes of the next documents. One document always fits. */
async function fittingIn(documents: AtlasCollection, query: Fields, most: number): Promise<number> {
  const sizes = await documents
    .aggregate([
      { $match: query },
      { $sort: { _id: 1 } },
      { $limit: most },
      { $project: { _id: 0, bytes: { $bsonSize: '$$ROOT' } } },
    ])
    .toArray();
  let bytes = 0;
  const over = sizes.findIndex((size) => {
    bytes += Number(size['bytes']);
    return bytes > pageBytes;
  });
  return Math.max(1, over < 0 ? most : over);
}
