// Imported before anything that waits. Pauses then take a twentieth of their time in this process, so that thousands of
// proofs can have failed tries. Deadlines follow the pace of their work.
import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const { setTimeout: pause } = timers;
Object.assign(timers, { setTimeout: (ms = 0, ...rest: unknown[]) => Reflect.apply(pause, timers, [ms / 20, ...rest]) });
syncBuiltinESMExports();

const paces = new AsyncLocalStorage<number>();
const { setTimeout: later } = globalThis;
const atItsPace = (callback: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
  later(callback, ms / (paces.getStore() ?? 1), ...given);
globalThis.setTimeout = Object.assign(atItsPace, later);

/** How much earlier deadlines of this work come. Below 1 they come later. */
export function atPace<T>(pace: number, work: () => Promise<T>): Promise<T> {
  return paces.run(pace, work);
}
