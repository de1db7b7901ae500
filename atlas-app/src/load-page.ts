// Sends one page of a load as snapshot events.
import { type OutgoingEvent, sha256 } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import { keep } from './keep.ts';
import { bytesOf, cutRequest, fitting, type Sizes, shrink } from './load-sizes.ts';
import type { Load } from './load-state.ts';
import { type Answer, isTooLarge, post } from './post.ts';
import { reasonOf, refusedByStatus, type Verdict, verdictsOf } from './receipt.ts';
import { snapshotEvent } from './snapshot.ts';
import { pause } from './time.ts';
import type { Receiver } from './values.ts';

/** The receiver ends a request within 25 s. */
const pageTryMs = 28000;

/** What became of the documents at the front of a page. */
export type Sent =
  | { readonly kind: 'durable'; readonly documents: number; readonly refused: number; readonly bytes: number }
  | { readonly kind: 'undelivered'; readonly reason: string };

/** Posts as many documents of the page as one request may hold, and returns when they are durable, or not. */
export async function sendFront(
  receiver: Receiver,
  documents: readonly Fields[],
  wanted: Wanted,
  load: Load,
  sizes: Sizes,
): Promise<Sent> {
  const snapshot = { database: wanted.database, collection: wanted.collection, shardKey: wanted.shardKey, t0: load.t0 };
  const events = cutRequest(documents, (document) => snapshotEvent(document, snapshot), sizes);
  let isSecondTry = false;
  for (;;) {
    const answer = await postEvents(receiver, events);
    if (isTooLarge(answer)) {
      const [only] = events;
      if (events.length === 1 && only !== undefined) return await settle(events, [refusedByStatus(answer)]);
      shrink(sizes, answer, events);
      const taken = frontOf(verdictsOf(answer, events.length));
      if (taken.length > 0) return await settle(events.slice(0, taken.length), taken);
      events.length = Math.max(1, Math.min(events.length - 1, fitting(events, sizes)));
      continue;
    }
    const verdicts = verdictsOf(answer, events.length);
    if (verdicts !== undefined && areDurable(verdicts)) return await settle(events, verdicts);
    // Storage can fail for a moment. After that the next invocation goes on.
    if (isSecondTry || !isPassing(answer)) return { kind: 'undelivered', reason: reasonOf(answer) };
    isSecondTry = true;
    await pause(2000);
  }
}

/** The first verdicts, up to an event that has to be sent again. */
function frontOf(verdicts: readonly Verdict[] | undefined): readonly Verdict[] {
  if (verdicts === undefined) return [];
  const end = verdicts.findIndex(({ kind }) => kind === 'undelivered');
  return end < 0 ? verdicts : verdicts.slice(0, end);
}

/** In the lake, or refused for good. */
function areDurable(verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ kind }) => kind !== 'undelivered');
}

/** The answer of a busy receiver, or after a storage fault. A longer wait is for the next invocation. */
function isPassing(answer: Answer): boolean {
  if (answer.kind === 'silence') return false;
  const isSoon = answer.retryAfterMs === undefined || answer.retryAfterMs <= 2000;
  return isSoon && (answer.status === 503 || answer.status === 429);
}

async function postEvents(receiver: Receiver, events: readonly OutgoingEvent[]): Promise<Answer> {
  const body = `[${events.map(({ text }) => text).join(',')}]`;
  // The same events make the same request at each try.
  const webhookId = `load_${sha256(events.map(({ token }) => token).join()).slice(0, 32)}`;
  return await post(receiver, webhookId, body, pageTryMs);
}

/** Refused events are kept with their reason. They do not end the load. */
async function settle(events: readonly OutgoingEvent[], verdicts: readonly Verdict[]): Promise<Sent> {
  let refused = 0;
  for (let index = 0; index < events.length; index += 1) {
    const event = events[index];
    const verdict = verdicts[index];
    if (event === undefined || verdict === undefined || verdict.kind !== 'refused') continue;
    await keep(event, { state: 'refused', reason: verdict.reason, told: verdict.told });
    refused += 1;
  }
  return { kind: 'durable', documents: events.length, refused, bytes: bytesOf(events) };
}
