// What the tests of a suite share: started once, because each start of a receiver costs a third of a second of CPU.
import { after } from 'node:test';

export interface Lifetime {
  readonly after: (end: () => unknown) => void;
}

/** Call it in the suite. What is given to `after` ends with the suite, the last one first. */
export function lifetime(): Lifetime {
  const ends: (() => unknown)[] = [];
  after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  return { after: (end) => void ends.push(end) };
}
