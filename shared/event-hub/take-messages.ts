// One invocation's messages on their way: read ▶ store, or keep in ~refused. From "read" on, an event goes the way of those from HTTP.
import { concurrently } from '../async/concurrently.ts';
import type { ReadEvent } from '../events/change-event.ts';
import type { EventOutcome } from '../events/event-outcome.ts';
import { refusalText } from '../events/refusal.ts';
import { type StoreSettings, storeEvents } from '../events/store-events.ts';
import { type Span, skipSpace } from '../json/json-text.ts';
import { createInTime } from '../lake/create-in-time.ts';
import { describeFault } from '../lake/fault.ts';
import type { LakeWriter } from '../lake/lake.ts';
import { readRedactedEvent } from '../redact/redact.ts';
import type { Redactions } from '../redact/rules.ts';
import type { ByteGate } from './byte-gate.ts';
import type { HubMessage, Invocation } from './invocation.ts';
import { readMessage } from './read-message.ts';
import { refusedFile } from './refused-file.ts';

export interface HubSettings extends StoreSettings {
  readonly redactions: Redactions | undefined;
  readonly maxBytesInFlight: number;
}

/** What a process holds for all its invocations. */
export interface HubReceiver {
  readonly settings: HubSettings;
  readonly lake: LakeWriter;
  readonly gate: ByteGate;
}

export type HubOutcome =
  | Exclude<EventOutcome, { outcome: 'refused' }>
  | {
      readonly outcome: 'refused';
      readonly refusal: { readonly code: string; readonly field: string };
      readonly reason: string;
    };

export interface HubReceipt {
  /** Of each message that was looked at and is no tombstone. What could not be kept in ~refused has failed. */
  readonly events: readonly HubOutcome[];
  /** Tombstones. */
  readonly skipped: number;
  /** Messages that the invocation had no time for. */
  readonly left: number;
}

const writeMs = 20_000;

/** Ends soon after the signal, with what was done by then. */
export async function takeMessages(
  invocation: Invocation,
  receiver: HubReceiver,
  signal: AbortSignal,
): Promise<HubReceipt> {
  const events: HubOutcome[] = [];
  let skipped = 0;
  let left = invocation.messages.length;
  for (const portion of portionsOf(invocation.messages, receiver.settings.maxBytesInFlight)) {
    const room = await receiver.gate.enter(bytesIn(portion), signal).catch(() => undefined);
    if (room === undefined) break;
    using _room = room;
    const taken = await takePortion(portion, invocation, receiver, signal);
    events.push(...taken.events);
    skipped += taken.skipped;
    left -= portion.length;
  }
  return { events, skipped, left };
}

/** True where the hub may forget the messages: each is durable, in a file of its own or in ~refused. */
export function isDone({ events, left }: HubReceipt): boolean {
  return left === 0 && events.every(({ outcome }) => outcome !== 'failed');
}

export function bytesIn(messages: readonly HubMessage[]): number {
  return messages.reduce((sum, { body }) => sum + body.length, 0);
}

/** In their order, each as many as there is room for at once, and at least one. */
function* portionsOf(messages: readonly HubMessage[], maxBytes: number): Generator<HubMessage[]> {
  let portion: HubMessage[] = [];
  for (const message of messages) {
    if (portion.length > 0 && bytesIn(portion) + message.body.length > maxBytes) {
      yield portion;
      portion = [];
    }
    portion.push(message);
  }
  if (portion.length > 0) yield portion;
}

async function takePortion(
  portion: readonly HubMessage[],
  invocation: Invocation,
  receiver: HubReceiver,
  signal: AbortSignal,
): Promise<Omit<HubReceipt, 'left'>> {
  const { settings, lake } = receiver;
  const found = portion.map((message) => ({ message, read: readMessage(message.body) }));
  const readable = found.flatMap(({ message, read }) => (read.kind === 'object' ? [{ message, text: read.text }] : []));
  const readers = readable.map(({ text }) => (): ReadEvent => {
    return readRedactedEvent(text, spanOf(text), settings.redactions);
  });
  const outcomes = (await storeEvents(readers, settings, lake, signal)).map((outcome, index) => ({
    message: readable[index]?.message,
    outcome: withoutBlocking(outcome),
  }));
  const unread = found.flatMap(({ message, read }) => {
    return read.kind === 'refused' ? [{ message, outcome: refusedOutcome(read.code, '', read.reason) }] : [];
  });
  const events = await concurrently([...outcomes, ...unread], settings.writeConcurrency, ({ message, outcome }) =>
    outcome.outcome === 'refused' && message !== undefined
      ? keepRefused(invocation, message, outcome, receiver, signal)
      : Promise.resolve(outcome),
  );
  return { events, skipped: portion.length - events.length };
}

function spanOf(text: Uint8Array): Span {
  return { start: skipSpace(text, 0), end: text.length };
}

/** Where even reading failed, the next try would fail too, and hold up the partition for ever. */
function withoutBlocking(event: EventOutcome): HubOutcome {
  switch (event.outcome) {
    case 'stored':
    case 'alreadyStored':
      return event;
    case 'refused':
      return refusedOutcome(event.refusal.code, event.refusal.field, refusalText(event.refusal));
    case 'failed':
      if (event.event !== undefined) return event;
      return refusedOutcome('unreadable', '', `Cannot read change event: reading it must not fail: ${event.fault}`);
  }
}

function refusedOutcome(code: string, field: string, reason: string): HubRefused {
  return { outcome: 'refused', refusal: { code, field }, reason };
}

type HubRefused = Extract<HubOutcome, { outcome: 'refused' }>;

/** Failed where the message could not be kept: then it must come again. */
async function keepRefused(
  invocation: Invocation,
  message: HubMessage,
  refused: HubRefused,
  { settings, lake }: HubReceiver,
  signal: AbortSignal,
): Promise<HubOutcome> {
  const { directory } = settings.naming;
  const file = refusedFile(invocation, message, refused.reason, {
    directory,
    withBody: settings.redactions === undefined,
  });
  try {
    await createInTime(lake, { ...file, contentType: 'application/json' }, writeMs, signal);
    return refused;
  } catch (fault) {
    // The others are durable, and the log must say so. The invocation throws in the end.
    return { outcome: 'failed', event: undefined, fault: describeFault(fault) };
  }
}
