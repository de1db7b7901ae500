// Sends the front of a page as snapshot events, in one request.
import { post, type Receiver } from './deliver.ts';
import { byteLength, type OutgoingEvent, snapshotEvent } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import { keep } from './keep.ts';
import type { Load } from './load-state.ts';
import { type Answer, isTooLarge, limitsIn, reasonOf, refusedByStatus, type Verdict, verdictsOf } from './receipt.ts';
import { pause } from './runtime.ts';
import { webhookIdOf } from './signature.ts';

/** The receiver ends a request within 25 s. */
const pageTryMs = 28000;

/** The outcome of the documents at the front of a page. */
export type Sent =
  | { readonly kind: 'durable'; readonly documents: number; readonly refused: number; readonly bytes: number }
  | { readonly kind: 'undelivered'; readonly reason: string };

/** Posts as many documents of the page as one request may hold. Returns when they are durable, or undelivered. */
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
    // Storage can fail for a moment. After a longer fault the next invocation continues.
    if (isSecondTry || !isPassing(answer)) return { kind: 'undelivered', reason: reasonOf(answer) };
    isSecondTry = true;
    await pause(2000);
  }
}

/** The first verdicts, up to an event that must be sent again. */
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
  const webhookId = webhookIdOf('load', events.map(({ token }) => token).join());
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

/** The most bytes of the documents of a page, and of the events of a request. */
export const pageBytes = 8000000;
/** Four documents of 16 MB and the text of one fit into the 350 MB of a function. */
export const firstPage = 4;

/** The size of pages and requests. They grow while documents are small, and shrink with each 413. */
export interface Sizes {
  documents: number;
  events: number;
  bytes: number;
  /** What one request may hold by the app's values. */
  readonly mostEvents: number;
}

export function firstSizes(mostEvents: number): Sizes {
  return { documents: Math.min(firstPage, mostEvents), events: mostEvents, bytes: pageBytes, mostEvents };
}

/** One event always fits. Texts are made only here, because the texts of a page can be very large together. */
export function cutRequest(
  documents: readonly Fields[],
  eventOf: (document: Fields) => OutgoingEvent,
  sizes: Sizes,
): OutgoingEvent[] {
  const events: OutgoingEvent[] = [];
  let bytes = 1;
  for (const document of documents) {
    if (events.length >= sizes.events) break;
    const event = eventOf(document);
    bytes += byteLength(event.text) + 1;
    if (events.length > 0 && bytes > sizes.bytes) break;
    events.push(event);
  }
  return events;
}

export function fitting(events: readonly OutgoingEvent[], sizes: Sizes): number {
  let bytes = 1;
  const over = events.findIndex(({ text }, index) => {
    bytes += byteLength(text) + 1;
    return index >= sizes.events || bytes > sizes.bytes;
  });
  return over < 0 ? events.length : over;
}

/** Uses the receiver's own limit, or halves the request: a host or a proxy names no limit. */
export function shrink(sizes: Sizes, answer: Answer, events: readonly OutgoingEvent[]): void {
  const most = limitsIn(answer);
  if (most.bytes < bytesOf(events)) sizes.bytes = most.bytes;
  else if (most.events < events.length) sizes.events = most.events;
  else sizes.events = Math.max(1, Math.floor(events.length / 2));
}

export function bytesOf(events: readonly OutgoingEvent[]): number {
  return events.reduce((sum, { text }) => sum + byteLength(text) + 1, 1);
}

/** The next page has four times as many documents, but not more than one request can hold of documents like these. */
export function grow(sizes: Sizes, documents: number, bytes: number): void {
  const average = Math.max(1, bytes / Math.max(1, documents));
  sizes.documents = Math.max(1, Math.min(sizes.mostEvents, sizes.documents * 4, Math.floor(pageBytes / average)));
}
