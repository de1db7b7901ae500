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

/** Pauses are `factor` times as short as they seem; `skip` puts the time forward at once. */
export function fastClock(factor: number): Clock & { readonly skip: (ms: number) => void } {
  const began = Date.now();
  let skipped = 0;
  return {
    now: () => Math.floor(began + (Date.now() - began) * factor) + skipped,
    setTimeout: (callback, ms) => setTimeout(callback, ms / factor),
    clearTimeout: (timer) => clearTimeout(Number(timer)),
    skip: (ms) => {
      skipped += ms;
    },
  };
}
