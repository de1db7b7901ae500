// The function of a scheduled trigger: loads the documents that were there before the trigger, a page at a time. The
// Value initialLoads names the collections. It works until its time is used, and continues at the next tick. It may be
// ended anywhere, and run twice at once: the same documents make the same events.
import { readInitialLoads, type Wanted } from './initial-loads.ts';
import { firstSizes, grow, readPage, type Sizes, sendFront } from './load-page.ts';
import { begin, beginAgain, type Load, progressOf, readLoads, refusalOf, saveLoad } from './load-state.ts';
import { faultWord, logLine } from './log.ts';
import { operations } from './outbox.ts';
import { pause } from './time.ts';
import { batchEvents, openReceiver, type Receiver } from './values.ts';

exports = loadCollection;

/** No page begins later: the next tick begins a minute after this one. */
const workMs = 45000;
/** Of the 1,000 of Atlas. The operations of the last page come on top. */
const mostOperations = 900;
const mostMistakes = 10;

/** A load in this invocation. */
interface Work {
  readonly wanted: Wanted;
  load: Load;
  readonly sizes: Sizes;
  readonly beganWith: number;
  /** When its last page ended, or when its next one may begin. */
  nextAt: number;
  reason: string;
}

interface Tick {
  readonly began: number;
  readonly spentBefore: number;
  loaded: number;
  reason: string;
}

async function loadCollection() {
  const tick: Tick = { began: Date.now(), spentBefore: operations.spent, loaded: 0, reason: '' };
  const { wanted, mistakes } = readInitialLoads(context.values.get('initialLoads'));
  for (const mistake of mistakes.slice(0, mostMistakes)) logLine({ function: 'loadCollection', mistake });
  const moreMistakes = mistakes.length - mostMistakes;
  if (moreMistakes > 0) logLine({ function: 'loadCollection', moreMistakes });
  if (wanted.length === 0) return { function: 'loadCollection', loaded: 0, mistakes: mistakes.length };
  try {
    const works = await findWork(wanted);
    if (works.length === 0) return { function: 'loadCollection', loaded: 0, mistakes: mistakes.length };
    const last = await workOn(works, tick);
    return logLine(
      Object.assign({ function: 'loadCollection' }, lineOf(last, tick, works), { mistakes: mistakes.length }),
    );
  } catch (error) {
    // Messages of the database can carry keys of documents, and Atlas would log them.
    throw new Error(`Cannot load: the database must answer: ${faultWord(error)}`);
  }
}

/** One look at the states, when there is nothing to do. */
async function findWork(wanted: readonly Wanted[]): Promise<Work[]> {
  const loads = await readLoads(wanted);
  const works: Work[] = [];
  for (const one of wanted) {
    const load = await brought(one, loads[one.id]);
    if (load.state === 'failed' && load !== loads[one.id])
      logLine({ function: 'loadCollection', namespace: one.id, state: load.state, reason: load.reason });
    if (load.state !== 'running') continue;
    const sizes = firstSizes(batchEvents());
    works.push({ wanted: one, load, sizes, beganWith: load.documents, nextAt: load.notBefore, reason: '' });
  }
  return works;
}

/** The load as the entry wants it: begun, begun again, paused or resumed. */
async function brought(wanted: Wanted, load: Load | undefined): Promise<Load> {
  if (load === undefined) return await begin(wanted);
  if (wanted.restart !== '' && wanted.restart !== load.restart) return await beginAgain(wanted, load);
  const state = wanted.paused ? 'paused' : 'running';
  const other = wanted.paused ? 'running' : 'paused';
  if (load.state !== other) return load;
  await saveLoad(load, { state });
  return Object.assign({}, load, { state });
}

/** Loads pages in turn. The load with the oldest last page comes first. Returns the last load. */
async function workOn(works: readonly Work[], tick: Tick): Promise<Work | undefined> {
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

function rateOf(documents: number, ms: number): number {
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

function lineOf(last: Work | undefined, tick: Tick, works: readonly Work[]): Fields {
  const durationMs = Date.now() - tick.began;
  if (last === undefined) return { loaded: tick.loaded, reason: tick.reason, durationMs };
  const { load } = last;
  const rate = rateOf(load.documents - last.beganWith, durationMs);
  const counts = { documents: load.documents, refused: load.refused, state: load.state };
  const running = works.filter((work) => work.load.state === 'running').length;
  return Object.assign(
    { namespace: load.id, loaded: tick.loaded },
    counts,
    progressOf(load.documents, load.estimated, rate),
    { running, reason: tick.reason === '' ? last.reason : tick.reason, durationMs },
  );
}
