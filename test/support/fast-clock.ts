// A clock that is faster than the machine's, so that no test waits for a pause of a minute.
import type { Clock } from '../../local/atlas/clock.ts';

export interface FastClock extends Clock {
  readonly skip: (ms: number) => void;
  /** Changes the factor. A pause that has begun keeps its length. */
  readonly goAt: (factor: number) => void;
}

/** Shortens each pause by `factor`. `skip` moves the time forward at once. */
export function fastClock(factor: number): FastClock {
  let pace = factor;
  let sinceMs = Date.now();
  let toldMs = sinceMs;
  const now = () => Math.floor(toldMs + (Date.now() - sinceMs) * pace);
  return {
    now,
    setTimeout: (callback, ms) => setTimeout(callback, ms / pace),
    clearTimeout: (timer) => clearTimeout(Number(timer)),
    skip: (ms) => {
      toldMs += ms;
    },
    goAt: (next) => {
      toldMs = now();
      sinceMs = Date.now();
      pace = next;
    },
  };
}
