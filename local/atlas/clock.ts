// Time as the functions see it: the machine's own, or one that goes faster, so that a minute's pause need not be waited for.

export interface Clock {
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(Number(timer)),
};

export interface FastClock extends Clock {
  readonly skip: (ms: number) => void;
  /** From now on another `factor`; pauses that have begun keep theirs. */
  readonly goAt: (factor: number) => void;
}

/** Pauses are `factor` times as short as they seem; `skip` puts the time forward at once. */
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
