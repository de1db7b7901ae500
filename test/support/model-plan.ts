// The random plan of a model-based run, drawn before it begins, so that a seed repeats it. It has the changes of
// documents, late and repeated events, crashes of functions, and the faults of the network.

import { type Fate, fates } from './fate.ts';
import { fc } from './seeded.ts';

export const collections = ['movies', 'series'] as const;

export type Collection = (typeof collections)[number];

/** The step of an invocation at which its fault happens. */
export type Struck = { readonly index: number; readonly fate: Fate } | undefined;

export interface Change {
  readonly coll: Collection;
  /** The number of the document. */
  readonly which: number;
  /** The choice among the possible changes. */
  readonly choice: number;
  readonly letters: number;
  /** Seconds after the earlier change. Undefined: in the same transaction. */
  readonly seconds: number | undefined;
  /** The arrival of its event: once or twice, after a number of waves. */
  readonly deliveries: readonly Delivery[];
}

export interface Delivery {
  readonly wavesLater: number;
  /** The deliveries of one wave begin in this order, all at once. */
  readonly rank: number;
  readonly struck: Struck;
}

export interface Wave {
  /** The pause before the wave. */
  readonly pauseMs: number;
  readonly changes: readonly Change[];
  /** Old events that are delivered again. */
  readonly repeated: readonly { readonly which: number; readonly struck: Struck }[];
  /** They run at once, beside the deliveries. */
  readonly drains: readonly Struck[];
}

export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'drop before' }
  /** The receiver handled the request, but its answer is lost. */
  | { readonly kind: 'drop after' }
  /** Arrives at the receiver after the sender has given up. */
  | { readonly kind: 'hang'; readonly ms: number }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

export interface Plan {
  readonly waves: readonly Wave[];
  /** One for each request, in turn, from the beginning again after the last. */
  readonly faults: readonly Fault[];
  /** The time between a request and the kill of the receiver. */
  readonly killsAfterMs: readonly number[];
}

export function drawPlans(seed: number, runs: number, waveCount: number): Plan[] {
  return fc.sample(planOf(waveCount), { seed, numRuns: runs });
}

function planOf(waveCount: number): fc.Arbitrary<Plan> {
  return fc.record({
    waves: exactly(waveCount, wave),
    faults: exactly(97, fault),
    killsAfterMs: exactly(13, fc.integer({ min: 0, max: 8 })),
  });
}

const struckOnce = fc.record({ index: fc.nat({ max: 9 }), fate: fc.constantFrom(...fates) });
const struck: fc.Arbitrary<Struck> = fc.option(struckOnce, { nil: undefined, freq: 2 });

const delivery: fc.Arbitrary<Delivery> = fc.record({
  wavesLater: fc.constantFrom(0, 0, 0, 1, 3, 6),
  rank: fc.nat({ max: 1_000 }),
  struck,
});

const change: fc.Arbitrary<Change> = fc.record({
  coll: fc.constantFrom(...collections),
  which: fc.nat({ max: 7 }),
  choice: fc.nat({ max: 5 }),
  letters: fc.constantFrom(0, 5, 40, 900),
  seconds: fc.constantFrom(undefined, 0, 0, 1, 2),
  deliveries: fc.oneof({ weight: 4, arbitrary: exactly(1, delivery) }, { weight: 1, arbitrary: exactly(2, delivery) }),
});

const wave: fc.Arbitrary<Wave> = fc.record({
  pauseMs: fc.constantFrom(0, 6_000, 61_000, 601_000),
  changes: fc.array(change, { minLength: 3, maxLength: 6, size: 'max' }),
  repeated: fc.array(fc.record({ which: fc.nat(), struck }), { maxLength: 2, size: 'max' }),
  drains: fc.array(struck, { maxLength: 2, size: 'max' }),
});

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 10, arbitrary: fc.constant({ kind: 'none' } as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delay' as const), ms: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('drop before' as const, 'drop after' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hang' as const), ms: fc.constantFrom(350, 800) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'answer', status: 500, body: '{}' } as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'answer', status: 200, body: '<html>Sign in</html>' } as const) },
);

function exactly<T>(count: number, one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: count, maxLength: count, size: 'max' });
}
