// Loads one page: reads its documents, sends them, and saves how far the load is.
import type { Receiver } from './deliver.ts';
import { refusalOf, type Wanted } from './initial-loads.ts';
import { firstPage, grow, pageBytes, type Sizes, sendFront } from './load-request.ts';
import { type Load, progressOf, saveLoad } from './load-state.ts';
import { faultWord } from './log.ts';
import { collectionOf, operations } from './runtime.ts';

/** No page begins later, because the next tick begins a minute after this one. */
export const workMs = 45000;
/** Atlas allows 1,000. The difference is for the operations of the last page. */
const mostOperations = 900;

/** A load in this invocation. */
export interface Work {
  readonly wanted: Wanted;
  load: Load;
  readonly sizes: Sizes;
  readonly beganWith: number;
  /** The end of its last page, or the time from which its next page may begin. */
  nextAt: number;
  reason: string;
}

export interface Tick {
  readonly began: number;
  readonly spentBefore: number;
  loaded: number;
  reason: string;
}

export function isTimeLeft({ began, spentBefore }: Tick): boolean {
  return Date.now() - began < workMs && operations.spent - spentBefore < mostOperations;
}

/** True if the load can have more pages. */
export async function workOnPage(work: Work, receiver: Receiver, tick: Tick): Promise<boolean> {
  const { wanted, sizes } = work;
  let documents: Fields[];
  try {
    documents = await readPage(work);
  } catch (error) {
    return await stop(work, error);
  }
  if (documents.length === 0) return await finish(work);
  let sent = 0;
  let bytes = 0;
  while (sent < documents.length) {
    const front = await sendFront(receiver, documents.slice(sent), wanted, work.load, sizes);
    if (front.kind === 'undelivered') {
      tick.reason = front.reason;
      await saveLoad(work.load, { reason: front.reason });
      return true;
    }
    const last = documents[sent + front.documents - 1];
    sent += front.documents;
    bytes += front.bytes;
    tick.loaded += front.documents;
    if (last === undefined || !(await advance(work, last, front.documents, front.refused, tick))) return false;
    if (!isTimeLeft(tick)) return true;
  }
  grow(sizes, documents.length, bytes);
  return true;
}

/** A load with a limit gets the documents of at most ten seconds. */
function limitOf({ wanted, sizes }: Work): number {
  return Math.max(1, Math.min(sizes.documents, Math.floor(wanted.documentsPerSecond * 10)));
}

/** Saves that all documents up to this one are durable or kept. */
async function advance(work: Work, last: Fields, documents: number, refused: number, tick: Tick): Promise<boolean> {
  const { load, wanted } = work;
  const now = Date.now();
  const paceMs = wanted.documentsPerSecond === Infinity ? 0 : (documents / wanted.documentsPerSecond) * 1000;
  const notBefore = paceMs === 0 ? 0 : Math.max(now, load.notBefore) + paceMs;
  const position = { _id: last['_id'] };
  const moved = {
    documents: load.documents + documents,
    refused: load.refused + refused,
    position,
    notBefore,
  };
  const rate = rateOf(moved.documents - work.beganWith, now - tick.began);
  const progress = progressOf(moved.documents, load.estimated, rate);
  const isOurs = await saveLoad(load, Object.assign({ reason: work.reason }, moved, progress), {
    documents: { $lte: moved.documents },
  });
  work.load = Object.assign({}, load, moved);
  work.nextAt = paceMs === 0 ? now : notBefore;
  return isOurs;
}

export function rateOf(documents: number, ms: number): number {
  return Math.round((documents / Math.max(1, ms)) * 10000) / 10;
}

async function finish(work: Work): Promise<boolean> {
  const { load } = work;
  await saveLoad(load, { state: 'done', percent: 100, secondsLeft: 0, reason: '', finishedAt: new Date() });
  work.load = Object.assign({}, load, { state: 'done' });
  return false;
}

/** The server refuses the page. Some refusals are final. The others pass. */
async function stop(work: Work, error: unknown): Promise<boolean> {
  const refusal = refusalOf(error);
  const state = refusal === '' ? 'running' : 'failed';
  const reason = refusal === '' ? `the collection must be readable: ${faultWord(error)}` : refusal;
  await saveLoad(work.load, { state, reason });
  work.reason = reason;
  work.load = Object.assign({}, work.load, { state });
  return false;
}

/**
 * Compares without type brackets: `{ _id: { $gt: last } }` would stay inside one BSON type and end there. Query and
 * sort both use the default collation of the collection.
 */
async function readPage(work: Work): Promise<Fields[]> {
  const { database, collection, filter } = work.wanted;
  const { position } = work.load;
  const most = limitOf(work);
  const after = position === undefined ? [] : [{ $expr: { $gt: ['$_id', { $literal: position._id }] } }];
  const parts = (filter === undefined ? [] : [filter]).concat(after);
  const query = parts.length === 0 ? {} : parts.length === 1 ? Object.assign({}, parts[0]) : { $and: parts };
  const documents = collectionOf(database, collection);
  // The first documents always fit. But a thousand documents of 16 MB can follow small ones.
  const limit = most <= firstPage ? most : await fittingIn(work, documents, query, most);
  return await documents.find(query).sort({ _id: 1 }).limit(limit).toArray();
}

/** Asks the server for the sizes of the next documents. One document always fits. A server that refuses gets small pages. */
async function fittingIn(work: Work, documents: AtlasCollection, query: Fields, most: number): Promise<number> {
  let sizes: Fields[];
  try {
    sizes = await documents.aggregate(sizesOf(query, most)).toArray();
  } catch (error) {
    // Reading the page shows whether the server refuses only this question.
    work.reason = `a page has ${firstPage} documents, because the server must tell their sizes: ${faultWord(error)}`;
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
