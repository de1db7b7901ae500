// The line of each load, for a person.
import { nameOf } from '../atlas-deploy/initial-loads.ts';
import type { LoadState } from './loads-in-atlas.ts';

/** Lists the wanted loads in their order, then other loads with a state. */
export function loadsOf(entries: readonly unknown[], states: readonly LoadState[]): readonly LoadState[] {
  const wanted = entries.map(nameOf).filter((name) => name !== '');
  const named = wanted.map((name) => states.find((one) => one.name === name) ?? waiting(name));
  return [...named, ...states.filter(({ name }) => !wanted.includes(name))];
}

function waiting(name: string): LoadState {
  const nothing = { documents: 0, refused: 0, rate: 0, estimated: undefined, secondsLeft: undefined };
  return { name, state: 'waiting', reason: 'it begins at the next minute', ...nothing };
}

export function isUnderWay({ state }: LoadState): boolean {
  return state === 'waiting' || state === 'running';
}

export function lineOf({ name, state, documents, estimated, refused, rate, secondsLeft, reason }: LoadState): string {
  const of = estimated === undefined ? '' : ` of about ${Math.max(estimated, documents).toLocaleString('en')}`;
  const left = state === 'running' && secondsLeft !== undefined ? `, ${timeOf(secondsLeft)} left` : '';
  const pace = state === 'running' && rate > 0 ? `, ${rate.toLocaleString('en')} a second${left}` : '';
  const not = refused === 0 ? '' : `, ${refused.toLocaleString('en')} refused (they are in the outbox)`;
  const why = reason === '' ? '' : `: ${reason}`;
  return `  ${state.padEnd(7)}  ${name}  ${documents.toLocaleString('en')}${of} documents${pace}${not}${why}`;
}

function timeOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
