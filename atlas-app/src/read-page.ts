// Reads the next documents of a load: those after its position, in the order of `_id`, and not more than fit into
// memory.
import { isWritable } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import { withFilter } from './load-filter.ts';
import type { Load } from './load-state.ts';
import { faultWord } from './log.ts';
import { firstPage, pageBytes, type Sizes } from './page-sizes.ts';
import { nextTwin } from './read-twin.ts';
import { collectionOf } from './runtime.ts';

export interface Reading {
  readonly wanted: Wanted;
  readonly load: Load;
  readonly sizes: Sizes;
  /** The number of refused documents right behind the position, whose `_id` cannot be a position. */
  unplaced: number;
  /** Why pages are small. */
  reason: string;
}

export interface Page {
  readonly documents: readonly Fields[];
  /** True if the server sees their `_id` as that of the last position. */
  readonly isTwin: boolean;
}

export async function readPage(reading: Reading): Promise<Page> {
  const twin = await nextTwin(reading.wanted, reading.load.position);
  return twin === undefined
    ? { documents: await readNext(reading), isTwin: false }
    : { documents: [twin], isTwin: true };
}

/**
 * Compares without type brackets: `{ _id: { $gt: last } }` would stay inside one BSON type and end there. Query and
 * sort both use the default collation of the collection.
 */
async function readNext(reading: Reading): Promise<Fields[]> {
  const { database, collection, filter } = reading.wanted;
  const { position } = reading.load;
  const wished = reading.unplaced === 0 ? limitOf(reading) : Math.min(firstPage, limitOf(reading));
  const after = position === undefined ? [] : [{ $expr: { $gt: ['$_id', { $literal: position._id }] } }];
  const query = withFilter(filter, after);
  // The first documents always fit. But a thousand documents of 16 MB can follow small ones.
  const limit = wished <= firstPage ? wished : await fittingIn(reading, query, wished);
  const most = limit + reading.unplaced;
  const found = await collectionOf(database, collection).find(query).sort({ _id: 1 }).limit(most).toArray();
  return found.slice(unplacedIn(found, reading.unplaced));
}

/** Looks at each `_id`, because a document that is deleted meanwhile moves the others. */
function unplacedIn(documents: readonly Fields[], most: number): number {
  const end = documents.findIndex((document) => canBePosition(document));
  return Math.min(most, end < 0 ? documents.length : end);
}

/** False for an `_id` that no query can have. */
export function canBePosition({ _id }: { readonly _id?: unknown }): boolean {
  return isWritable(_id);
}

/**
 * Asks the server for the sizes of the next documents. One document always fits. A server that refuses gets small
 * pages.
 */
async function fittingIn(reading: Reading, query: Fields, most: number): Promise<number> {
  let sizes: Fields[];
  try {
    const { database, collection } = reading.wanted;
    sizes = await collectionOf(database, collection).aggregate(sizesOf(query, most)).toArray();
  } catch (error) {
    // Reading the page shows whether the server refuses only this question.
    reading.reason = `a page has ${firstPage} documents, because the server must tell their sizes: ${faultWord(error)}`;
    return firstPage;
  }
  let bytes = 0;
  const over = sizes.findIndex((size) => {
    bytes += Number(size['bytes']);
    return bytes > pageBytes;
  });
  return Math.max(1, over < 0 ? most : over);
}

function sizesOf(query: Fields, most: number): Fields[] {
  return [
    { $match: query },
    { $sort: { _id: 1 } },
    { $limit: most },
    { $project: { _id: 0, bytes: { $bsonSize: '$$ROOT' } } },
  ];
}

/** A load with a limit gets the documents of at most ten seconds. */
function limitOf({ wanted, sizes }: Reading): number {
  return Math.max(1, Math.min(sizes.documents, Math.floor(wanted.documentsPerSecond * 10)));
}
