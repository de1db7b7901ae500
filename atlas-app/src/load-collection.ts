// The function of a scheduled trigger: loads the documents that were there before the trigger, a page at a time. The
// Value initialLoads names the collections. It works until its time is used, and continues at the next tick. Atlas may
// end it anywhere, and run it twice at once: the same documents make the same events.
import { batchEvents } from './batch.ts';
import { openReceiver } from './deliver.ts';
import { readInitialLoads, type Wanted } from './initial-loads.ts';
import { type Tick, type Work, workOnPage } from './load-page.ts';
import { countsOf, progressAtEnd, progressOf, rateOf } from './load-progress.ts';
import { begin, beginAgain, canBeginAgain, type Load, readLoads, saveLoad, saveReason } from './load-state.ts';
import { faultWord, logLine } from './log.ts';
import { firstSizes } from './page-sizes.ts';
import { beginBudget, isTimeLeft, pause } from './runtime.ts';

exports = loadCollection;

const mostMistakes = 10;

async function loadCollection() {
  const tick: Tick = { budget: beginBudget(), loaded: 0, reason: '', waiting: 0 };
  const { wanted, mistakes } = readInitialLoads(context.values.get('initialLoads'));
  for (const mistake of mistakes.slice(0, mostMistakes)) logLine({ function: 'loadCollection', mistake });
  const moreMistakes = mistakes.length - mostMistakes;
  if (moreMistakes > 0) logLine({ function: 'loadCollection', moreMistakes });
  if (wanted.length === 0) return { function: 'loadCollection', loaded: 0, mistakes: mistakes.length };
  try {
    const works = await findWork(wanted, tick);
    if (works.length === 0 && tick.waiting === 0)
      return { function: 'loadCollection', loaded: 0, mistakes: mistakes.length };
    const last = await workOn(works, tick);
    return logLine(
      Object.assign({ function: 'loadCollection' }, lineOf(last, tick, works), { mistakes: mistakes.length }),
    );
  } catch (error) {
    // Messages of the database can contain document keys, and Atlas would log them.
    throw new Error(`Cannot load: the database must answer: ${faultWord(error)}`);
  }
}

/** The rest of an invocation is for pages. */
const shareOfChanges = 0.5;

/** Looks at the states once. Empty if there is nothing to do. */
async function findWork(wanted: readonly Wanted[], tick: Tick): Promise<Work[]> {
  const loads = await readLoads(wanted);
  const works: Work[] = [];
  for (const one of wanted) {
    const change = changeOf(one, loads[one.id]);
    if (change !== undefined && !isTimeLeft(tick.budget, 0, shareOfChanges)) {
      tick.waiting += 1;
      continue;
    }
    const load = change === undefined ? loads[one.id] : await change();
    if (load === undefined) continue;
    const reason = waitReason(one, load);
    if (reason !== '') logLine({ function: 'loadCollection', namespace: one.id, reason });
    if (load.state === 'failed' && change !== undefined)
      logLine({ function: 'loadCollection', namespace: one.id, state: load.state, reason: load.reason });
    if (load.state !== 'running' || reason !== '') continue;
    works.push(workOf(one, load));
  }
  return works;
}

/** The load whose last page is the oldest comes first, so that each gets its turn over several ticks. */
function workOf(wanted: Wanted, load: Load): Work {
  // A person can have raised or removed the limit meanwhile. A page has documents for at most ten seconds, or one.
  const longestMs = wanted.documentsPerSecond === Infinity ? 0 : Math.max(10000, 1000 / wanted.documentsPerSecond);
  const updatedAt = Math.min(load.updatedAt, Date.now());
  const nextAt = Math.max(updatedAt, Math.min(load.notBefore, updatedAt + longestMs));
  return { wanted, load, sizes: firstSizes(batchEvents()), beganWith: load.documents, nextAt, unplaced: 0, reason: '' };
}

const selectionReason = 'its shardKey and filter must be those of its beginning: restart it';

/** Begins, restarts, fails, pauses or resumes the load, as the entry wants it. Undefined if it already is so. */
function changeOf(wanted: Wanted, load: Load | undefined): (() => Promise<Load>) | undefined {
  if (load === undefined) return () => begin(wanted);
  if (isRestarted(wanted, load)) return canBeginAgain(load) ? () => beginAgain(wanted, load) : undefined;
  // Without its `restart`, the Value can be older than the load.
  if (isSelectionChanged(wanted, load) && wanted.restart === load.restart)
    return () => changed(load, { state: 'failed', reason: selectionReason });
  const state = wanted.paused ? 'paused' : 'running';
  const other = wanted.paused ? 'running' : 'paused';
  return load.state === other ? () => changed(load, { state }) : undefined;
}

function isRestarted({ restart }: Wanted, load: Load): boolean {
  return restart !== '' && restart !== load.restart;
}

/** Documents would be missing, or have two keys. */
function isSelectionChanged({ selection }: Wanted, load: Load): boolean {
  if (load.state === 'done' || load.state === 'failed') return false;
  return load.selection !== undefined && load.selection !== selection;
}

/** With another `restart`, the entry must not go on with the T0 of the earlier load. Empty if nothing waits. */
function waitReason(wanted: Wanted, load: Load): string {
  if (isRestarted(wanted, load)) return 'the restart waits until its T0 can be later than the last one';
  return isSelectionChanged(wanted, load) ? selectionReason : '';
}

async function changed(load: Load, changes: Partial<Load>): Promise<Load> {
  await saveLoad(load, changes);
  return Object.assign({}, load, changes);
}

/** Loads pages in turn. The load with the oldest last page comes first. Returns the last load. */
async function workOn(works: readonly Work[], tick: Tick): Promise<Work | undefined> {
  const receiver = openReceiver();
  if ('problem' in receiver) {
    tick.reason = receiver.problem;
    await saveReason(
      works.map(({ load }) => load),
      receiver.problem,
    );
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
  const waiting = tick.waiting === 0 ? {} : { waiting: tick.waiting };
  if (last === undefined) return Object.assign({ loaded: tick.loaded, reason: tick.reason, durationMs }, waiting);
  const { load } = last;
  const rate = rateOf(load.documents - last.beganWith, durationMs);
  const running = works.filter((work) => work.load.state === 'running').length;
  return Object.assign(
    { namespace: load.id, loaded: tick.loaded },
    countsOf(load),
    progressOf(load.documents, load.estimated, rate),
    load.state === 'done' ? progressAtEnd : {},
    { running, reason: tick.reason === '' ? last.reason : tick.reason, durationMs },
    waiting,
  );
}
