// The way of one invocation's messages: read ▶ store, or keep in ~refused. After "read", events go the same way as
// those from HTTP.
import { concurrently } from '../async/concurrently.ts';
import { createInTime } from '../lake/create-in-time.ts';
import { failedOutcome, type HubOutcome, type HubRefused } from './hub-outcome.ts';
import type { HubReceiver } from './hub-receiver.ts';
import type { HubMessage, Invocation } from './invocation.ts';
import { refusedFile } from './refused-file.ts';
import { outcomesOf } from './store-messages.ts';

export interface HubReceipt {
  /** One outcome for each message except tombstones. A message that could not be kept in ~refused is `failed`. */
  readonly events: readonly HubOutcome[];
  /** Tombstones. */
  readonly skipped: number;
  /** Messages that the invocation had no time for. */
  readonly left: number;
}

const writeMs = 20_000;

/** Ends soon after the signal, with the outcomes so far. */
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

/** True if the hub may forget the messages: each is durable, in the lake or in ~refused. */
export function isDone({ events, left }: HubReceipt): boolean {
  return left === 0 && events.every(({ outcome }) => outcome !== 'failed');
}

export function bytesIn(messages: readonly HubMessage[]): number {
  return messages.reduce((sum, { body }) => sum + body.length, 0);
}

/** Groups in order. Each has as many messages as fit at once, and at least one. */
function* portionsOf(messages: readonly HubMessage[], maxBytes: number): Generator<HubMessage[]> {
  let portion: HubMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (portion.length > 0 && bytes + message.body.length > maxBytes) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(message);
    bytes += message.body.length;
  }
  if (portion.length > 0) yield portion;
}

async function takePortion(
  portion: readonly HubMessage[],
  invocation: Invocation,
  receiver: HubReceiver,
  signal: AbortSignal,
): Promise<Omit<HubReceipt, 'left'>> {
  const outcomes = await outcomesOf(portion, receiver, signal);
  const events = await concurrently(outcomes, receiver.settings.writeConcurrency, async ({ message, outcome }) =>
    outcome.outcome === 'refused' ? await keepRefused(invocation, message, outcome, receiver, signal) : outcome,
  );
  return { events, skipped: portion.length - events.length };
}

/** Failed if the message could not be kept. Then it must come again. */
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
    // Other messages can be durable, and the log must say so. The invocation throws after that.
    return failedOutcome(fault);
  }
}
