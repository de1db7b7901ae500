// The way of one delivery, in one straight line: admit ▶ authenticate ▶ read ▶ pick ▶ place ▶ store.
import type { KeyObject } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { deadlineIn } from '../async/deadline.ts';
import { paced } from '../async/paced.ts';
import { type EventReader, type StoreSettings, storeEvents } from '../events/store-events.ts';
import { openBracket, skipSpace } from '../json/json-bytes.ts';
import { type JsonFault, jsonFaultSteps } from '../json/json-fault.ts';
import { elementsOf, type Span } from '../json/json-text.ts';
import { valueEnd } from '../json/value-end.ts';
import type { LakeWriter } from '../lake/lake.ts';
import { timedWriter } from '../lake/timed-writer.ts';
import { redactedEventSteps } from '../redact/redact.ts';
import type { Redactions } from '../redact/rules.ts';
import { type BodyRoom, type BytesInFlight, maxTextBytes } from './bytes-in-flight.ts';
import { type Admission, admit, type Delivery } from './delivery.ts';
import { type Inflated, inflate } from './inflate.ts';
import type { Receipt } from './receipt.ts';
import { isAuthentic } from './signature.ts';

export interface ReceiverSettings extends StoreSettings {
  /** If undefined, every field reaches the lake. */
  readonly redactions: Redactions | undefined;
  /** If empty, no signature is needed. */
  readonly signingSecrets: readonly KeyObject[];
  readonly maxBodyBytes: number;
  readonly maxEvents: number;
}

/** One for the whole process. All deliveries share it. */
export interface Receiver {
  readonly settings: ReceiverSettings;
  readonly lake: LakeWriter;
  readonly inFlight: BytesInFlight;
}

/** A request ends within 25 s. One second is left for the answer. */
const requestMs = 24_000;

export async function receive(delivery: Delivery, receiver: Receiver, now: Date): Promise<Receipt> {
  const { settings, inFlight } = receiver;
  using deadline = deadlineIn(requestMs);
  using room = inFlight.room();
  const authentic = await authenticate(delivery, settings, room, now, deadline.signal);
  if (authentic.kind !== 'text') return authentic;
  const { text } = authentic;
  // Each of the next steps scans the whole text. Between two of them, other requests have their turn.
  await turnAfter(text);
  const fault = await faultIn(text, deadline.signal);
  if (fault === 'incomplete-body') return { kind: fault };
  if (fault !== undefined) return { kind: fault, bytes: text.length };
  await turnAfter(text);
  const spans = eventSpans(text, settings.maxEvents);
  if (spans === undefined) return { kind: 'too-many-events', bytes: text.length };

  await turnAfter(text);
  using budget = inFlight.text(maxTextBytes(settings.maxBodyBytes));
  const readers = spans.map(
    (span): EventReader =>
      () =>
        paced(redactedEventSteps(text, span, settings.redactions, budget), deadline.signal),
  );
  const { writer, longestMs } = timedWriter(receiver.lake);
  const events = await storeEvents(readers, settings, writer, deadline.signal, budget);
  const kind = budget.isPassed() ? 'text-too-large' : 'received';
  return { kind, events, bytes: text.length, storageMs: longestMs() };
}

async function faultIn(text: Uint8Array, signal: AbortSignal): Promise<JsonFault | 'incomplete-body' | undefined> {
  try {
    return await paced(jsonFaultSteps(text), signal);
  } catch (error) {
    // The time for receiving and checking the body is over.
    if (signal.aborted) return 'incomplete-body';
    throw error;
  }
}

const longText = 1_048_576;

async function turnAfter(text: Uint8Array): Promise<void> {
  if (text.length > longText) await turn();
}

/** Returns the verified, decompressed text. Frees the compressed bytes, so that both are never held for long. */
async function authenticate(
  delivery: Delivery,
  { maxBodyBytes, signingSecrets }: ReceiverSettings,
  room: BodyRoom,
  now: Date,
  signal: AbortSignal,
): Promise<
  Inflated | Exclude<Admission, { kind: 'admitted' }> | { readonly kind: 'not-authentic'; readonly bytes: number }
> {
  const admission = await admit(delivery, maxBodyBytes, room, signal);
  if (admission.kind !== 'admitted') return admission;
  const { body, encoding } = admission;
  if (signingSecrets.length > 0 && !isAuthentic(body, delivery.signature, signingSecrets, now))
    return { kind: 'not-authentic', bytes: body.length };
  return await inflate(body, encoding, maxBodyBytes, room, signal);
}

/** One event, or the events of an array. Undefined if there are more than `most`. */
function eventSpans(text: Uint8Array, most: number): Span[] | undefined {
  const start = skipSpace(text, 0);
  return text[start] === openBracket ? elementsOf(text, start, most) : [{ start, end: valueEnd(text, start) }];
}
