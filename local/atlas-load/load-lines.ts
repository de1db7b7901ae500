// The line of each load, for a person.
import { withCommas } from '../with-commas.ts';
import type { LoadState } from './loads-in-atlas.ts';
import type { ReadEntries, WantedLoad } from './read-entries.ts';

/** Lists the wanted loads in their order, then other loads with a state, then mistakes in the entries. */
export function loadsOf({ wanted, mistakes }: ReadEntries, states: readonly LoadState[]): readonly LoadState[] {
  const named = wanted.map((one) =>
    shownState(
      one,
      states.find(({ name }) => name === one.name),
    ),
  );
  const others = states.filter(({ name }) => !wanted.some((one) => one.name === name));
  return [
    ...named,
    ...others.map(withoutEntry),
    ...mistakes.map((reason) => ({ ...unknown, state: 'mistake', reason })),
  ];
}

const unknown: Omit<LoadState, 'state' | 'reason'> = {
  name: '',
  documents: 0,
  refused: 0,
  rate: 0,
  estimated: undefined,
  secondsLeft: undefined,
  restart: '',
};

/** The entry can be newer than the state: the function reads it at the next minute. */
function shownState(wanted: WantedLoad, load: LoadState | undefined): LoadState {
  const { name, isPaused } = wanted;
  if (load === undefined) return { ...unknown, name, state: 'waiting', reason: 'it begins at the next minute' };
  if (isRestarted(wanted, load)) return { ...load, state: 'waiting', reason: 'it begins again at the next minute' };
  if (load.state === 'paused' && !isPaused)
    return { ...load, state: 'waiting', reason: 'it continues at the next minute' };
  return load;
}

/** Knows only texts, such as those of this command: numbers can be written in another way in Atlas. */
function isRestarted(wanted: WantedLoad, load: LoadState): boolean {
  const [, text] = /^\{"restart":(".*")\}$/s.exec(wanted.restart) ?? [];
  return text !== undefined && !load.restart.includes(text);
}

/** The function looks at entries only. */
function withoutEntry(load: LoadState): LoadState {
  if (load.state !== 'running' && load.state !== 'paused') return load;
  const reason = 'it must be in the Value initialLoads: it is missing: --start continues it';
  return { ...load, state: 'stopped', reason };
}

export function isUnderWay({ state }: LoadState): boolean {
  return state === 'waiting' || state === 'running';
}

export function lineOf({ name, state, documents, estimated, refused, rate, secondsLeft, reason }: LoadState): string {
  if (state === 'mistake') return `  ${state}  ${reason}`;
  const of = estimated === undefined ? '' : ` of about ${withCommas(Math.max(estimated, documents))}`;
  const left = state === 'running' && secondsLeft !== undefined ? `, ${timeOf(secondsLeft)} left` : '';
  const pace = state === 'running' && rate > 0 ? `, ${withCommas(rate)} a second${left}` : '';
  const not = refused === 0 ? '' : `, ${withCommas(refused)} refused (they are in the outbox)`;
  const isEmpty = state === 'done' && documents === 0;
  const why = isEmpty ? ': the collection is empty, or its name is wrong' : reason === '' ? '' : `: ${reason}`;
  return `  ${state.padEnd(7)}  ${name}  ${withCommas(documents)}${of} documents${pace}${not}${why}`;
}

function timeOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
