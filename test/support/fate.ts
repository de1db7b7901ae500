// The faults of an invocation: Atlas ends it silently, or one of its steps fails.
import type { Around } from './timeless-atlas.ts';

export const fates = ['ends before', 'ends after', 'throws before', 'throws after'] as const;

export type Fate = (typeof fates)[number];

/** Strikes at one step, counted from 0. After an invocation has ended, no step of it happens. */
export function fateAt(index: number, fate: Fate): Around {
  let next = 0;
  let isOver = false;
  return async (_step, run) => {
    const isStruck = next === index;
    next += 1;
    if (isStruck && fate === 'throws before') throw new Error('connection timed out');
    if (isStruck && fate === 'ends before') isOver = true;
    if (isOver) return await endless();
    const result = await run();
    if (isStruck && fate === 'throws after') throw new Error('connection timed out');
    if (isStruck && fate === 'ends after') isOver = true;
    return isOver ? await endless() : result;
  };
}

/** Lets everything happen, and returns the number of steps. */
export function stepCounter(): { readonly around: Around; readonly steps: () => number } {
  let steps = 0;
  return {
    around: async (_step, run) => {
      steps += 1;
      return await run();
    },
    steps: () => steps,
  };
}

function endless(): Promise<never> {
  return new Promise(() => undefined);
}
