// The faults of a storage request, and the requests of a delivery that they hit. Together they are the crash points.
import type { IncomingMessage } from 'node:http';
import { seed } from './seeded.ts';
import { randomFrom } from './seeded-random.ts';
import type { Fault } from './storage-faults.ts';

/** `turn` is the number of the crash point, for faults that have several forms. */
export type MakeFault = (released: Promise<void>, turn: number) => Fault;

type Refusal = readonly [status: number, code: string];

/** The SDK gives up at once. */
const finalRefusals: readonly Refusal[] = [
  [403, 'AuthorizationPermissionMismatch'],
  [404, 'ContainerNotFound'],
  [409, 'ContainerBeingDeleted'],
];
/** The SDK tries again. */
const passingRefusals: readonly Refusal[] = [
  [408, 'RequestTimeout'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [503, 'ServerBusy'],
];

/** `released` resolves when the first delivery is answered. */
export const faults: ReadonlyMap<string, MakeFault> = new Map<string, MakeFault>([
  ['refused with 403, 404 or 409', (_, turn) => refusedWith(finalRefusals, turn)],
  ['refused with 408, 429, 500 or 503', (_, turn) => refusedWith(passingRefusals, turn)],
  ['done, but answered with 500', () => ({ kind: 'answer-after', status: 500, code: 'InternalError' })],
  ['done, but answered with 403', () => ({ kind: 'answer-after', status: 403, code: 'AuthenticationFailed' })],
  ['reset before it is done', () => ({ kind: 'reset-before' })],
  ['reset after half of the body', () => ({ kind: 'reset-half' })],
  ['reset when it is done', () => ({ kind: 'reset-after' })],
  ['slow', () => ({ kind: 'slow', ms: 50 })],
  // Only a deadline ends these two.
  ['never answered', () => ({ kind: 'hold', until: new Promise(() => undefined) })],
  ['done when nobody waits for it any more', (released) => ({ kind: 'late', until: released })],
]);

/** A different one at each crash point, so that each status hits each kind of request. The seed decides the places. */
function refusedWith(refusals: readonly Refusal[], turn: number): Fault {
  const [status, code] = refusals[randomFrom(seed + turn).below(refusals.length)] ?? [500, 'InternalError'];
  return { kind: 'answer', status, code };
}

export interface Strike {
  readonly name: string;
  /** Whether the service recovers for the second delivery, or after its requests have failed. */
  readonly endsWith: 'delivery' | 'requests';
  /** For one run. Called once for each request, in order of arrival. */
  readonly fits: () => (request: IncomingMessage) => boolean;
}

/**
 * At each request. A delivery of one event fails there once and at every try. It also fails at a second request soon
 * after: a fault during the recovery from another. In a longer delivery the two ways take turns. Over all faults
 * (`turn`), each request has both.
 */
export function strikesAt(requests: number, secondAtMost: number, turn: number): Strike[] {
  const numbers = Array.from({ length: requests }, (_, index) => index + 1);
  return numbers.flatMap((first) => {
    const once: Strike = {
      name: `request ${first}`,
      endsWith: 'requests',
      fits: () => counting((number) => number === first),
    };
    const always: Strike = {
      name: `request ${first} whenever it comes`,
      endsWith: 'delivery',
      fits: () => likeNumber(first),
    };
    if (secondAtMost === 0) return [(first + turn) % 2 === 0 ? once : always];
    const twice = Array.from({ length: secondAtMost }, (_, index): Strike => {
      const second = first + index + 1;
      const fits = () => counting((number) => number === first || number === second);
      return { name: `requests ${first} and ${second}`, endsWith: 'requests', fits };
    });
    return [once, always, ...twice];
  });
}

function counting(isStruck: (number: number) => boolean): (request: IncomingMessage) => boolean {
  let number = 0;
  return () => isStruck(++number);
}

function likeNumber(first: number): (request: IncomingMessage) => boolean {
  let number = 0;
  let struck: string | undefined;
  return (request) => {
    if (++number === first) struck = kindOf(request);
    return struck === kindOf(request);
  };
}

function kindOf({ method, url }: IncomingMessage): string {
  return `${method} ${url}`;
}
