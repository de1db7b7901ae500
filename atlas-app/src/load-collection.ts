// The function of a scheduled trigger: loads the documents that were there before the trigger, a page at a time. The
// Value initialLoads names the collections. It works until its time is used, and continues at the next tick. Atlas may
// end it anywhere, and run it twice at once: the same documents make the same events.
import { batchEvents } from './batch.ts';
import { openReceiver } from './deliver.ts';
import { readInitialLoads, type Wanted } from './initial-loads.ts';
import { rateOf, type Tick, type Work, workOnPage } from './load-page.ts';
import { begin, beginAgain, type Load, progressOf, readLoads, saveLoad } from './load-state.ts';
import { faultWord, logLine } from './log.ts';
import { firstSizes } from './page-sizes.ts';
import { beginBudget, isTimeLeft, pause } from './runtime.ts';

exports = loadCollection;

const mostMistakes = 10;

async function loadCollection() {
  const tick: Tick = { budget: beginBudget(), loaded: 0, reason: '' };
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
    // Messages of the database can contain document keys, and Atlas would log them.
    throw new Error(`Cannot load: the database must answer: ${faultWord(error)}`);
  }
}

/** Looks at the states once. Empty if there is nothing to do. */
async function findWork(wanted: readonly Wanted[]): Promise<Work[]> {
  const loads = await readLoads(wanted);
  const works: Work[] = [];
  for (const one of wanted) {
    const load = await brought(one, loads[one.id]);
    if (load.state === 'failed' && load !== loads[one.id])
      logLine({ function: 'loadCollection', namespace: one.id, state: load.state, reason: load.reason });
    if (load.state !== 'running') continue;
    const sizes = firstSizes(batchEvents());
    // A person can have removed the limit meanwhile.
    const nextAt = one.documentsPerSecond === Infinity ? 0 : load.notBefore;
    works.push({ wanted: one, load, sizes, beganWith: load.documents, nextAt, reason: '' });
  }
  return works;
}

/** Begins, restarts, pauses or resumes the load, as the entry wants it. */
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
    for (const { load } of works) await saveLoad(load, { reason: receiver.problem });
    return works[0];
  }
  const active = works.slice();
  let last = active[0];
  while (active.length > 0 && isTimeLeft(tick.budget)) {
    const work = active.reduce((one, other) => (other.nextAt < one.nextAt ? other : one));
    const waitMs = Math.max(0, work.nextAt - Date.now());
    if (!isTimeLeft(tick.budget, waitMs)) break;
    if (waitMs > 0) await pause(waitMs);
    last = work;
    const goesOn = await workOnPage(work, receiver, tick);
    if (!goesOn) active.splice(active.indexOf(work), 1);
    if (tick.reason !== '') break;
  }
  return last;
}

function lineOf(last: Work | undefined, tick: Tick, works: readonly Work[]): Fields {
  const durationMs = Date.now() - tick.budget.began;
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
