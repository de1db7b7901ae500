// The work of one invocation: pages of several loads in turn, until its time is used.
import type { Wanted } from './initial-loads.ts';
import { refusalOf } from './load-look.ts';
import { sendFront } from './load-page.ts';
import { readPage } from './load-read.ts';
import { grow, type Sizes } from './load-sizes.ts';
import { type Load, progressOf, saveLoad } from './load-state.ts';
import { faultWord } from './log.ts';
import { operations } from './outbox.ts';
import { pause } from './time.ts';
import { openReceiver, type Receiver } from './values.ts';

/** No page begins later: the next tick begins a minute after this one. */
const workMs = 45000;
/** Of the 1,000 of Atlas. The operations of the last page come on top. */
const mostOperations = 900;

/** A load in this invocation. */
export interface Work {
  readonly wanted: Wanted;
  load: Load;
  readonly sizes: Sizes;
  readonly beganWith: number;
  /** When its last page ended, or when its next one may begin. */
  nextAt: number;
  reason: string;
}

export interface Tick {
  readonly began: number;
  readonly spentBefore: number;
  loaded: number;
  reason: string;
}

/** Loads pages in turn. The load with the oldest last page comes first. Returns the last load. */
export async function workOn(works: readonly Work[], tick: Tick): Promise<Work | undefined> {
  const receiver = openReceiver();
  if ('problem' in receiver) {
    tick.reason = receiver.problem;
    return works[0];
  }
  const active = works.slice();
  let last = active[0];
  while (active.length > 0 && isTimeLeft(tick)) {
    const work = active.reduce((one, other) => (other.nextAt < one.nextAt ? other : one));
    const waitMs = work.nextAt - Date.now();
    if (waitMs > 0 && Date.now() + waitMs > tick.began + workMs) break;
    if (waitMs > 0) await pause(waitMs);
    last = work;
    const goesOn = await workOnPage(work, receiver, tick);
    if (!goesOn) active.splice(active.indexOf(work), 1);
    if (tick.reason !== '') break;
  }
  return last;
}

function isTimeLeft({ began, spentBefore }: Tick): boolean {
  return Date.now() - began < workMs && operations.spent - spentBefore < mostOperations;
}

/** True while there may be more of it. */
async function workOnPage(work: Work, receiver: Receiver, tick: Tick): Promise<boolean> {
  const { wanted, sizes } = work;
  let documents: Fields[];
  try {
    documents = await readPage(wanted, work.load, limitOf(work));
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

/** Not more than ten seconds' worth of a load that is throttled. */
function limitOf({ wanted, sizes }: Work): number {
  return Math.max(1, Math.min(sizes.documents, Math.floor(wanted.documentsPerSecond * 10)));
}

/** All documents up to this one are durable or kept. */
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
  const isOurs = await saveLoad(load, Object.assign({ reason: '' }, moved, progress), {
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

/** The server does not give the page. Some refusals are final, and all others pass. */
async function stop(work: Work, error: unknown): Promise<boolean> {
  const refusal = refusalOf(error);
  const state = refusal === '' ? 'running' : 'failed';
  const reason = refusal === '' ? `the collection must be readable: ${faultWord(error)}` : refusal;
  await saveLoad(work.load, { state, reason });
  work.reason = reason;
  work.load = Object.assign({}, work.load, { state });
  return false;
}
