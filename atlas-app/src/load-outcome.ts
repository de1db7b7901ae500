// The outcome of the documents at the front of a page. Those that are not in the lake are kept in the outbox.
import type { OutgoingEvent } from './event.ts';
import { keep } from './keep.ts';
import { bytesOf } from './page-sizes.ts';
import type { Verdict } from './receipt.ts';

export interface Durable {
  readonly kind: 'durable';
  readonly documents: number;
  readonly refused: number;
  /** The number of documents that wait in the outbox. */
  readonly kept: number;
  readonly bytes: number;
  /** Why they wait there. */
  readonly waits?: string;
}

/** Their operations must fit between the last look at the budget and the end of an invocation. */
const mostRefused = 20;

const unwritableReason = 'its document must be writable as Extended JSON: it is not';
export const unwritable: Verdict = { kind: 'refused', reason: unwritableReason, told: unwritableReason };

/**
 * Refused events are kept with their reason. They do not end the load. Each one costs operations, so after many of them
 * the rest of the request is sent again.
 */
export async function settle(events: readonly OutgoingEvent[], verdicts: readonly Verdict[]): Promise<Durable> {
  let refused = 0;
  for (let index = 0; index < events.length; index += 1) {
    if (refused === mostRefused) return durable(events.slice(0, index), refused);
    const event = events[index];
    const verdict = verdicts[index];
    if (event === undefined || verdict === undefined || verdict.kind !== 'refused') continue;
    await keep(event, { state: 'refused', reason: verdict.reason, told: verdict.told });
    refused += 1;
  }
  return durable(events, refused);
}

function durable(events: readonly OutgoingEvent[], refused: number): Durable {
  return { kind: 'durable', documents: events.length, refused, kept: 0, bytes: bytesOf(events) };
}

/** No request with this event gets a receipt, though the receiver is healthy. drainOutbox sends it again. */
export async function keepPoison(event: OutgoingEvent, reason: string): Promise<Durable> {
  await keep(event, { state: 'waiting', reason, failed: true });
  return Object.assign(durable([event], 0), { kept: 1, waits: reason });
}
