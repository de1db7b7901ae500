// The way of one delivery, in one straight line: once its body is admitted, authenticate ▶ read ▶ pick ▶ place ▶ store.

import type { Settings } from '../app/settings.ts';
import { concurrently } from '../async/concurrently.ts';
import { deadlineIn, endingWith } from '../async/deadline.ts';
import type { ChangeEvent, ReadEvent } from '../events/change-event.ts';
import { pickDocument } from '../events/document.ts';
import { envelopeLine } from '../events/envelope.ts';
import { traceOf } from '../events/event-trace.ts';
import { lakePath } from '../events/lake-path.ts';
import { storeBatches } from '../events/store-batches.ts';
import { formats } from '../format/formats.ts';
import { findJsonFault } from '../json/json-fault.ts';
import { elementsOf, openBracket, type Span, skipSpace, valueEnd } from '../json/json-text.ts';
import { describeFault } from '../lake/fault.ts';
import type { LakeWriter } from '../lake/lake.ts';
import { timedWriter } from '../lake/timed-writer.ts';
import { readRedactedEvent } from '../redact/redact.ts';
import type { BodyRoom, BytesInFlight } from './bytes-in-flight.ts';
import { type Admission, admit, type Delivery } from './delivery.ts';
import { type Inflated, inflate } from './inflate.ts';
import type { EventOutcome, Receipt } from './receipt.ts';
import { isAuthentic } from './signature.ts';

/** What a process holds for all its deliveries. */
export interface Receiver {
  readonly settings: Settings;
  readonly lake: LakeWriter;
  readonly inFlight: BytesInFlight;
}

/** A request ends within 25 s; a second of that is left for its way back. */
const requestMs = 24_000;
const writeMs = 10_000;

export async function receive(delivery: Delivery, receiver: Receiver, now: Date): Promise<Receipt> {
  const { settings, inFlight } = receiver;
  using deadline = deadlineIn(requestMs);
  using room = inFlight.room();
  const authentic = await authenticate(delivery, settings, room, now, deadline.signal);
  if (authentic.kind !== 'text') return authentic;
  const { text } = authentic;
  const fault = findJsonFault(text);
  if (fault !== undefined) return { kind: fault, bytes: text.length };
  const spans = eventSpans(text, settings.maxEvents);
  if (spans === undefined) return { kind: 'too-many-events', bytes: text.length };

  const take = settings.lakeFiles === 'batch' ? storeBatches : takeEvents;
  const read = (span: Span): ReadEvent => readRedactedEvent(text, span, settings.redactions);
  const { writer: lake, longestMs } = timedWriter(receiver.lake);
  const events = await take(read, spans, { ...receiver, lake }, deadline.signal);
  return { kind: 'received', events, bytes: text.length, storageMs: longestMs() };
}

/** The text that somebody who may has sent. A body that came compressed is let go of here: beside its text it is held no longer. */
async function authenticate(
  delivery: Delivery,
  { maxBodyBytes, signingSecrets }: Settings,
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

/** One event, or those of an array; undefined where it holds more than `most`. */
function eventSpans(text: Uint8Array, most: number): Span[] | undefined {
  const start = skipSpace(text, 0);
  return text[start] === openBracket ? elementsOf(text, start, most) : [{ start, end: valueEnd(text, start) }];
}

/** Each on its own way, from here to its own file. */
function takeEvents(
  read: (span: Span) => ReadEvent,
  spans: readonly Span[],
  receiver: Receiver,
  signal: AbortSignal,
): Promise<EventOutcome[]> {
  const take = (span: Span): Promise<EventOutcome> => takeEvent(read(span), receiver, signal);
  return concurrently(spans, receiver.settings.writeConcurrency, take);
}

async function takeEvent(read: ReadEvent, receiver: Receiver, signal: AbortSignal): Promise<EventOutcome> {
  if (read.kind === 'refused') return { outcome: 'refused', reason: read.reason };
  const { event } = read;
  const document = pickDocument(event);
  const path = lakePath(event, receiver.settings.naming);
  try {
    const result = await store(event, document, path, receiver, signal);
    return { outcome: result === 'created' ? 'stored' : 'alreadyStored', path, event: traceOf(event) };
  } catch (fault) {
    // The one place where a fault becomes an outcome: the other events of the delivery are durable, and the sender must hear so.
    return { outcome: 'failed', path, event: traceOf(event), fault: describeFault(fault) };
  }
}

async function store(
  event: ChangeEvent,
  document: Span | undefined,
  path: string,
  { settings, lake }: Receiver,
  signal: AbortSignal,
): Promise<'created' | 'exists'> {
  signal.throwIfAborted();
  const line = envelopeLine(event, document, formats[settings.documentFormat]);
  using deadline = deadlineIn(writeMs, signal);
  return await endingWith(deadline.signal, lake.create(path, line, 'application/json', deadline.signal));
}
