// The shared parts of a suite's tests. They start once, because each start of a receiver costs a third of a CPU-second.
import { after } from 'node:test';

export interface Lifetime {
  readonly after: (end: () => unknown) => void;
}

/** Call it in the suite, or once for a file. Functions given to `after` run at its end, the last one first. */
export function lifetime(): Lifetime {
  const ends: (() => unknown)[] = [];
  after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  return { after: (end) => void ends.push(end) };
}
