// The random steps of sender, outbox and receiver, one after the other and at once. They are plain values that shrink.

import { type Fate, fates } from './fate.ts';
import { fc } from './seeded.ts';

export type FunctionName = 'forwardChangeEvent' | 'bufferChangeEvent';

/** The step of an invocation at which its fault happens. */
export type Struck = { readonly index: number; readonly fate: Fate } | undefined;

export type Mood =
  | { readonly kind: 'well' }
  | { readonly kind: 'answers'; readonly status: number; readonly body: string }
  | { readonly kind: 'hangs' }
  | { readonly kind: 'breaks before' }
  | { readonly kind: 'breaks after' }
  | { readonly kind: 'shows a page after' }
  | { readonly kind: 'answers for one too few' }
  | { readonly kind: 'takes long'; readonly ms: number }
  | { readonly kind: 'fails with some'; readonly rest: number }
  | { readonly kind: 'refuses some'; readonly rest: number }
  | { readonly kind: 'takes few'; readonly most: number; readonly isNamed: boolean };

export type Act =
  | { readonly kind: 'change'; readonly by: FunctionName; readonly operation: number; readonly struck: Struck }
  | { readonly kind: 'again'; readonly by: FunctionName; readonly which: number; readonly struck: Struck }
  | { readonly kind: 'drain'; readonly struck: Struck }
  | { readonly kind: 'requeue' };

export type Step =
  | { readonly kind: 'acts'; readonly acts: readonly Act[] }
  | { readonly kind: 'mood'; readonly mood: Mood }
  | { readonly kind: 'skip'; readonly ms: number };

const by = fc.constantFrom<FunctionName>('forwardChangeEvent', 'bufferChangeEvent');
const struck: fc.Arbitrary<Struck> = fc.option(
  fc.record({ index: fc.nat({ max: 14 }), fate: fc.constantFrom(...fates) }),
  { nil: undefined, freq: 3 },
);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('change'), by, operation: fc.nat({ max: 3 }), struck }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again'), by, which: fc.nat(), struck }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('drain'), struck }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('requeue') }) },
);

const mood: fc.Arbitrary<Mood> = fc.oneof(
  fc.record({ kind: fc.constantFrom('well', 'hangs', 'breaks before', 'breaks after') }),
  fc.record({ kind: fc.constantFrom('well', 'shows a page after', 'answers for one too few') }),
  fc.record({
    kind: fc.constant('answers'),
    status: fc.constantFrom(200, 401, 403, 404, 413, 500, 503),
    body: fc.constantFrom('', '<html>Sign in</html>', '{"stored":1,"events":[]}'),
  }),
  fc.record({ kind: fc.constant('takes long'), ms: fc.constantFrom(3_000, 11_000, 13_000, 30_000) }),
  fc.record({ kind: fc.constantFrom('fails with some', 'refuses some'), rest: fc.nat({ max: 2 }) }),
  fc.record({ kind: fc.constant('takes few'), most: fc.integer({ min: 1, max: 4 }), isNamed: fc.boolean() }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('acts'), acts: fc.array(act, { minLength: 1, maxLength: 1 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('acts'), acts: fc.array(act, { minLength: 2, maxLength: 5 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mood'), mood }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('skip'), ms: fc.constantFrom(1_000, 6_000, 61_000, 601_000) }),
  },
);

export const story: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' });
