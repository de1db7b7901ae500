// Loads one page: reads its documents, sends them, and saves how far the load is.
import type { Receiver } from './deliver.ts';
import type { Durable } from './load-outcome.ts';
import { positionAfter } from './load-position.ts';
import { progressAtEnd, progressOf, rateOf } from './load-progress.ts';
import { refusalOf } from './load-refusals.ts';
import { sendFront } from './load-request.ts';
import { type Load, saveLoad } from './load-state.ts';
import { faultWord } from './log.ts';
import { grow } from './page-sizes.ts';
import { canBePosition, type Page, type Reading, readPage } from './read-page.ts';
import { type Budget, isTimeLeft, within } from './runtime.ts';

/** A load in this invocation. */
export interface Work extends Reading {
  load: Load;
  readonly beganWith: number;
  /** The end of its last page, or the time from which its next page may begin. */
  nextAt: number;
}

export interface Tick {
  readonly budget: Budget;
  loaded: number;
  reason: string;
  /** Entries that begin, restart, pause or resume at a later tick, because this one has no time for them. */
  waiting: number;
}

/** Atlas ends a function after 300 s. Before and after this time, a tick needs 45 s and two minutes. */
const readMs = 90000;

/** True if the load can have more pages in this tick. A fault of one load stops no other load. */
export async function workOnPage(work: Work, receiver: Receiver, tick: Tick): Promise<boolean> {
  let page: Page | undefined;
  try {
    page = await within(readMs, readPage(work));
  } catch (error) {
    return await stop(work, error);
  }
  if (page === undefined) return await wait(work, `the server must find a page within ${readMs / 1000} s${hint(work)}`);
  if (page.documents.length === 0) return await finish(work);
  try {
    return await sendPage(work, page, receiver, tick);
  } catch (error) {
    return await wait(work, `a page must be sent and saved: ${faultWord(error)}`);
  }
}

async function sendPage(work: Work, page: Page, receiver: Receiver, tick: Tick): Promise<boolean> {
  const { wanted, sizes } = work;
  const { documents } = page;
  let sent = 0;
  let bytes = 0;
  while (sent < documents.length) {
    const front = await sendFront(receiver, documents.slice(sent), wanted, work.load, sizes);
    if (front.kind === 'undelivered') {
      tick.reason = front.reason;
      await saveLoad(work.load, { reason: front.reason });
      return true;
    }
    if (front.kind === 'blocked') return await wait(work, front.reason);
    if (front.waits !== undefined) work.reason = `a document waits in the outbox: ${front.waits}`;
    const durable = documents.slice(sent, sent + front.documents);
    sent += front.documents;
    bytes += front.bytes;
    tick.loaded += front.documents;
    if (!(await advance(work, durable, front, page.isTwin, tick))) return false;
    if (!isTimeLeft(tick.budget)) return true;
  }
  grow(sizes, documents.length, bytes);
  return true;
}

/** Saves that all documents up to the last of these are durable or kept. */
async function advance(
  work: Work,
  durable: readonly Fields[],
  front: Durable,
  isTwin: boolean,
  tick: Tick,
): Promise<boolean> {
  const { load, wanted } = work;
  const position = positionAfter(load.position, durable, wanted.shardKey, isTwin);
  if (!canBePosition(position)) {
    // This document is alone in its front, because it is not writable.
    work.unplaced += front.refused;
    return true;
  }
  const documents = front.documents + work.unplaced;
  const now = Date.now();
  const paceMs = wanted.documentsPerSecond === Infinity ? 0 : (documents / wanted.documentsPerSecond) * 1000;
  const notBefore = paceMs === 0 ? 0 : Math.max(now, work.nextAt) + paceMs;
  const moved = {
    documents: load.documents + documents,
    refused: load.refused + front.refused + work.unplaced,
    kept: load.kept + front.kept,
    keptInRow: isAnyStored(front) ? 0 : load.keptInRow + front.kept,
    position,
    notBefore,
  };
  const rate = rateOf(moved.documents - work.beganWith, now - tick.budget.began);
  const progress = progressOf(moved.documents, load.estimated, rate);
  const isOurs = await saveLoad(load, Object.assign({ reason: work.reason }, moved, progress), {
    documents: { $lte: moved.documents },
  });
  work.load = Object.assign({}, load, moved);
  work.unplaced = 0;
  work.nextAt = paceMs === 0 ? now : notBefore;
  return isOurs;
}

function isAnyStored({ documents, refused, kept }: Durable): boolean {
  return documents > refused + kept;
}

async function finish(work: Work): Promise<boolean> {
  const { load, unplaced } = work;
  const counts = { documents: load.documents + unplaced, refused: load.refused + unplaced };
  // Without such documents, an invocation that is further has the right counts.
  const ended = Object.assign({ state: 'done' }, unplaced === 0 ? {} : counts);
  const reason = load.kept === 0 ? '' : `kept in the outbox for drainOutbox: ${load.kept}`;
  await saveLoad(load, Object.assign({ reason, finishedAt: new Date() }, ended, progressAtEnd));
  work.load = Object.assign({}, load, ended);
  return false;
}

/** The server refuses the page. Some refusals are final. The others pass. */
async function stop(work: Work, error: unknown): Promise<boolean> {
  const refusal = refusalOf(error, work.wanted);
  if (refusal === '') return await wait(work, `the collection must be readable: ${faultWord(error)}`);
  await saveLoad(work.load, { state: 'failed', reason: refusal });
  work.reason = refusal;
  work.load = Object.assign({}, work.load, { state: 'failed' });
  return false;
}

/** The load continues at the next tick. */
async function wait(work: Work, reason: string): Promise<boolean> {
  await saveLoad(work.load, { reason });
  work.reason = reason;
  return false;
}

function hint({ wanted }: Work): string {
  return wanted.filter === undefined ? '' : ': the filter needs an index';
}
