// The way of one delivery, in one straight line: admit ▶ authenticate ▶ read ▶ pick ▶ place ▶ store.
import type { BodyRoom, BytesInFlight } from './bytes-in-flight.ts';
import { type ChangeEvent, readChangeEvent } from './change-event.ts';
import { concurrently } from './concurrently.ts';
import { deadlineIn } from './deadline.ts';
import { admit, type Delivery } from './delivery.ts';
import { pickDocument } from './document.ts';
import { envelopeLine } from './envelope.ts';
import { formats } from './format/formats.ts';
import { findJsonFault } from './json-fault.ts';
import { elementsOf, openBracket, type Span, skipSpace, valueEnd } from './json-text.ts';
import type { Lake } from './lake.ts';
import { digestOf, lakePath } from './lake-path.ts';
import type { EventOutcome, Receipt } from './receipt.ts';
import type { Settings } from './settings.ts';
import { isAuthentic } from './signature.ts';
import { describeFault } from './storage-error.ts';

/** What a process holds for all its deliveries. */
export interface Receiver {
  readonly settings: Settings;
  readonly lake: Lake;
  readonly inFlight: BytesInFlight;
}

/** A request ends within 25 s; a second of that is left for its way back. */
const requestMs = 24_000;
const writeMs = 10_000;
/** BSON nests at most 100 levels; the event around it and Extended JSON's wrappers add some. */
const maxDepth = 256;

export async function receive(delivery: Delivery, receiver: Receiver, now: Date): Promise<Receipt> {
  const { settings, inFlight } = receiver;
  using deadline = deadlineIn(requestMs);
  const room: BodyRoom = { taken: 0 };
  try {
    const admission = await admit(delivery, { ...settings, inFlight }, room, deadline.signal);
    if (admission.kind !== 'admitted') return admission;
    const { body } = admission;

    if (settings.signingSecrets.length > 0 && !isAuthentic(body, delivery.signature, settings.signingSecrets, now))
      return { kind: 'not-authentic', bytes: body.length };
    const fault = findJsonFault(body, maxDepth);
    if (fault !== undefined) return { kind: fault, bytes: body.length };
    const spans = eventSpans(body, settings.maxEvents);
    if (spans === undefined) return { kind: 'too-many-events', bytes: body.length };

    const store = (span: Span): Promise<EventOutcome> => storeEvent(body, span, receiver, deadline.signal);
    const events = await concurrently(spans, settings.writeConcurrency, store);
    return { kind: 'received', events, bytes: body.length };
  } finally {
    inFlight.release(room);
  }
}

/** One event, or those of an array; undefined where it holds more than `most`. */
function eventSpans(body: Uint8Array, most: number): Span[] | undefined {
  const start = skipSpace(body, 0);
  return body[start] === openBracket ? elementsOf(body, start, most) : [{ start, end: valueEnd(body, start) }];
}

async function storeEvent(
  body: Uint8Array,
  span: Span,
  receiver: Receiver,
  signal: AbortSignal,
): Promise<EventOutcome> {
  const read = readChangeEvent(body, span);
  if (read.kind === 'refused') return { outcome: 'refused', reason: read.reason };
  const { event } = read;
  const path = lakePath(event, receiver.settings.naming);
  try {
    const result = await write(event, path, receiver, signal);
    return { outcome: result === 'created' ? 'stored' : 'alreadyStored', path, event: traceOf(event) };
  } catch (fault) {
    // The one place where a fault becomes an outcome: the other events of the delivery are durable, and the sender must hear so.
    return { outcome: 'failed', path, event: traceOf(event), fault: describeFault(fault) };
  }
}

async function write(event: ChangeEvent, path: string, { settings, lake }: Receiver, signal: AbortSignal) {
  using deadline = deadlineIn(writeMs, signal);
  deadline.signal.throwIfAborted();
  const line = envelopeLine(event, pickDocument(event), formats[settings.documentFormat]);
  return await lake.create(path, line, deadline.signal);
}

/** What may be told of an event: neither its document, nor its token, nor its path. */
function traceOf(event: ChangeEvent) {
  const { operationType, db, coll, time } = event;
  return { operationType, db, coll, eventMs: time.ms, digest: digestOf(event) };
}
