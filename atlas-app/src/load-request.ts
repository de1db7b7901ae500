// Sends the front of a page as snapshot events, in one request.
import { post, type Receiver } from './deliver.ts';
import type { OutgoingEvent } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import { type Durable, keepPoison, settle, unwritable } from './load-outcome.ts';
import type { Load } from './load-state.ts';
import { cutRequest, firstPage, fitting, type Sizes, shrink } from './page-sizes.ts';
import {
  type Answer,
  isFromReceiver,
  isTooLarge,
  reasonOf,
  refusedByStatus,
  type Verdict,
  verdictsOf,
} from './receipt.ts';
import { pause } from './runtime.ts';
import { webhookIdOf } from './signature.ts';
import { type Snapshot, snapshotEvent, unwritableEvent } from './snapshot-event.ts';

/** The receiver ends a request within 25 s. */
const pageTryMs = 28000;

/** The outcome of the documents at the front of a page. */
export type Sent =
  | Durable
  | { readonly kind: 'undelivered'; readonly reason: string }
  /** Only the documents of this load do not get through. */
  | { readonly kind: 'blocked'; readonly reason: string };

/** Posts as many documents of the page as one request may hold. Returns when they are durable, or undelivered. */
export async function sendFront(
  receiver: Receiver,
  documents: readonly Fields[],
  wanted: Wanted,
  load: Load,
  sizes: Sizes,
): Promise<Sent> {
  const snapshot = { database: wanted.database, collection: wanted.collection, shardKey: wanted.shardKey, t0: load.t0 };
  const events = cutRequest(documents, (document) => writtenEvent(document, snapshot), sizes);
  const [first] = documents;
  if (events.length === 0 && first !== undefined) return await settle([unwritableEvent(first, snapshot)], [unwritable]);
  let isSecondTry = false;
  let failedAlone = 0;
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
    if (verdicts === undefined && !isFromReceiver(answer) && (await isHealthy(receiver))) {
      const [only] = events;
      if (events.length === 1) failedAlone += 1;
      // A network can fail once.
      if (failedAlone === 2 && only !== undefined) return await keepOrWait(only, reasonOf(answer), load);
      sizes.events = events.length > firstPage ? firstPage : 1;
      events.length = sizes.events;
      continue;
    }
    // Storage can fail for a moment. After a longer fault the next invocation continues.
    if (isSecondTry || !isPassing(answer)) return { kind: 'undelivered', reason: reasonOf(answer) };
    isSecondTry = true;
    await pause(2000);
  }
}

/** Undefined if the document cannot be written as Extended JSON. */
function writtenEvent(document: Fields, snapshot: Snapshot): OutgoingEvent | undefined {
  try {
    return snapshotEvent(document, snapshot);
  } catch (_unwritable) {
    return undefined;
  }
}

/** The first verdicts, up to an event that must be sent again. */
function frontOf(verdicts: readonly Verdict[] | undefined): readonly Verdict[] {
  if (verdicts === undefined) return [];
  const end = verdicts.findIndex(({ kind }) => kind === 'undelivered');
  return end < 0 ? verdicts : verdicts.slice(0, end);
}

/** A receipt for no event shows that the receiver is reachable and accepts the signature. */
async function isHealthy(receiver: Receiver): Promise<boolean> {
  return verdictsOf(await postEvents(receiver, []), 0) !== undefined;
}

/** A firewall can stop all documents of a collection. They must not all go to the outbox. */
const mostKeptInRow = 5;

async function keepOrWait(event: OutgoingEvent, reason: string, { keptInRow }: Load): Promise<Sent> {
  if (keptInRow < mostKeptInRow) return await keepPoison(event, reason);
  const found = `the last ${keptInRow} wait in the outbox: ${reason}`;
  return { kind: 'blocked', reason: `a document must reach the receiver: ${found}` };
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
  const webhookId = webhookIdOf('load', events.map(({ token }) => token).join());
  return await post(receiver, webhookId, body, pageTryMs);
}
