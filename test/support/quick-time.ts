// Imported before anything that waits. The time of a delivery stops while anything works for it. When everything
// waits, its time jumps to the next timer. So a deadline of 24 s takes no time, and a slow machine changes nothing.
import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

type Callback = (...given: unknown[]) => void;

interface Time {
  readonly add: (callback: Callback, ms: number, given: readonly unknown[]) => NodeJS.Timeout;
  readonly remove: (timer: NodeJS.Timeout) => void;
}

const { setTimeout: later, clearTimeout: forget, setImmediate: next } = globalThis;
const { setTimeout: pause } = timers;
const times = new AsyncLocalStorage<Time>();
const owners = new WeakMap<NodeJS.Timeout, Time>();

const inItsTime = (callback: Callback, ms = 0, ...given: unknown[]) =>
  times.getStore()?.add(callback, ms, given) ?? later(callback, ms, ...given);
globalThis.setTimeout = Object.assign(inItsTime, later);
globalThis.clearTimeout = (timer) => {
  if (typeof timer === 'object') owners.get(timer)?.remove(timer);
  forget(timer);
};
/**
 * Turns of the event loop that somebody asked for. `paced()` holds a queue of work, and asks for one turn after the
 * other.
 */
let turns = 0;
const counted = (callback: Callback, ...given: unknown[]) => {
  turns++;
  return next(() => {
    turns--;
    callback(...given);
  });
};
globalThis.setImmediate = Object.assign(counted, next);
Object.assign(timers, { setTimeout: pauseInItsTime });
syncBuiltinESMExports();

/** Outside of a delivery, a pause takes a twentieth of its time. */
async function pauseInItsTime(ms = 0, value?: unknown, options: { readonly signal?: AbortSignal } = {}) {
  if (times.getStore() === undefined) return await pause(ms / 20, value, options);
  const { signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const end = (): void =>
    reject(new DOMException('The pause was ended', { name: 'AbortError', cause: signal?.reason }));
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  const timer = setTimeout(resolve, ms, value);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

const lookEveryMs = 1;
/** After this number of looks, no data can be between two sockets of this process. */
const calmLooks = 40;

/** Does the work in its own time. `isAtRest`: no request of the work is being served. */
export async function inOwnTime<T>(work: () => Promise<T>, isAtRest: () => boolean): Promise<T> {
  const waiting = new Map<NodeJS.Timeout, { readonly atMs: number; readonly run: () => void }>();
  let nowMs = 0;
  let calm = 0;
  let isOver = false;
  const time: Time = {
    add: (callback, ms, given) => {
      if (isOver) return later(callback, ms, ...given);
      const timer = later(() => undefined, 2 ** 31 - 1);
      const run = AsyncLocalStorage.bind(() => callback(...given));
      waiting.set(timer, { atMs: nowMs + ms, run });
      owners.set(timer, time);
      calm = 0;
      return timer;
    },
    remove: (timer) => {
      waiting.delete(timer);
      calm = 0;
    },
  };
  // Many such timers can fire again and again before the loop reads a socket. A look counts only after it has.
  let hasPolled = true;
  const watch = setInterval(() => {
    if (!hasPolled) return;
    hasPolled = false;
    next(() => {
      hasPolled = true;
    });
    calm = turns === 0 && isAtRest() ? calm + 1 : 0;
    if (calm >= calmLooks) jump();
  }, lookEveryMs);
  try {
    return await times.run(time, work);
  } finally {
    isOver = true;
    clearInterval(watch);
    for (const timer of waiting.keys()) forget(timer);
  }

  function jump(): void {
    const [next] = [...waiting].toSorted(([, one], [, other]) => one.atMs - other.atMs);
    if (next === undefined) return;
    const [timer, { atMs, run }] = next;
    clearTimeout(timer);
    nowMs = Math.max(nowMs, atMs);
    run();
  }
}
