// Stores messages as events in the lake, within the memory for their text.
import { paced } from '../async/paced.ts';
import type { EventOutcome } from '../events/event-outcome.ts';
import { refusalText } from '../events/refusal.ts';
import { type EventReader, storeEvents } from '../events/store-events.ts';
import { type TextBudget, TextTooLarge } from '../json/byte-writer.ts';
import { skipSpace } from '../json/json-bytes.ts';
import type { Span } from '../json/json-text.ts';
import { describeFault } from '../lake/fault.ts';
import { redactedEventSteps } from '../redact/redact.ts';
import { failedOutcome, type HubOutcome, refusedOutcome } from './hub-outcome.ts';
import type { HubReceiver } from './hub-receiver.ts';
import type { HubMessage } from './invocation.ts';
import { type ReadMessage, readMessageSteps } from './read-message.ts';

export interface StoredMessage {
  readonly message: HubMessage;
  readonly outcome: HubOutcome;
}

/**
 * Stores each message except tombstones. If the messages make too much text together, they go in halves: the host has
 * no smaller invocation.
 */
export async function outcomesOf(
  messages: readonly HubMessage[],
  receiver: HubReceiver,
  signal: AbortSignal,
): Promise<readonly StoredMessage[]> {
  const { taken, isPassed } = await storeMessages(messages, receiver, signal);
  if (!isPassed) return taken;
  const failed = taken.filter(({ outcome }) => outcome.outcome === 'failed').map(({ message }) => message);
  if (failed.length === 1 && messages.length === 1) return failed.map((message) => ({ message, outcome: tooLarge }));
  const done = taken.filter(({ outcome }) => outcome.outcome !== 'failed');
  const middle = Math.ceil(failed.length / 2);
  const halves = [failed.slice(0, middle), failed.slice(middle)].filter((half) => half.length > 0);
  for (const half of halves) done.push(...(await outcomesOf(half, receiver, signal)));
  return done;
}

const tooLarge = refusedOutcome(
  'text-too-large',
  '',
  'Cannot store change event: its text must fit into the memory for it (MAX_BYTES_IN_FLIGHT): it is larger',
);

async function storeMessages(
  messages: readonly HubMessage[],
  { settings, lake, text: openText }: HubReceiver,
  signal: AbortSignal,
): Promise<{ readonly taken: readonly StoredMessage[]; readonly isPassed: boolean }> {
  using text = openText();
  const taken: StoredMessage[] = [];
  const readable: { readonly message: HubMessage; readonly read: EventReader }[] = [];
  const unreadable = new Map<number, string>();
  for (const { message, read } of await readAll(messages, text, signal)) {
    if (read.kind === 'refused') taken.push({ message, outcome: refusedOutcome(read.code, '', read.reason) });
    else if (read.kind === 'failed') taken.push({ message, outcome: failedOutcome(read.fault) });
    else if (read.kind === 'object') readable.push({ message, read: readerOf(read.text, readable.length) });
  }
  const outcomes = await storeEvents(
    readable.map(({ read }) => read),
    settings,
    lake,
    signal,
    text,
  );
  for (const [index, { message }] of readable.entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined) taken.push({ message, outcome: withoutBlocking(outcome, unreadable.get(index)) });
  }
  return { taken, isPassed: text.isPassed() };

  function readerOf(bytes: Uint8Array, index: number): EventReader {
    return async () => {
      try {
        return await paced(redactedEventSteps(bytes, spanOf(bytes), settings.redactions, text), signal);
      } catch (fault) {
        if (!mayPass(fault, signal)) unreadable.set(index, describeFault(fault));
        throw fault;
      }
    };
  }
}

type ReadOrFailed = ReadMessage | { readonly kind: 'failed'; readonly fault: unknown };

/** Reads messages in turn, so that many small messages need one stop. */
async function readAll(
  messages: readonly HubMessage[],
  text: TextBudget,
  signal: AbortSignal,
): Promise<readonly { readonly message: HubMessage; readonly read: ReadOrFailed }[]> {
  const found: { message: HubMessage; read: ReadOrFailed }[] = [];
  for (const message of messages) found.push({ message, read: await readOne(message, text, signal) });
  return found;
}

async function readOne({ body }: HubMessage, text: TextBudget, signal: AbortSignal): Promise<ReadOrFailed> {
  try {
    return await paced(readMessageSteps(body, text), signal);
  } catch (fault) {
    if (mayPass(fault, signal)) return { kind: 'failed', fault };
    return { kind: 'refused', code: 'unreadable', reason: unreadableReason(describeFault(fault)) };
  }
}

/** The next try can have more time or more room. */
function mayPass(fault: unknown, signal: AbortSignal): boolean {
  return signal.aborted || fault instanceof TextTooLarge;
}

function spanOf(text: Uint8Array): Span {
  return { start: skipSpace(text, 0), end: text.length };
}

/** If reading itself failed, the next try would fail too, and block the partition for ever. */
function withoutBlocking(event: EventOutcome, unreadable: string | undefined): HubOutcome {
  switch (event.outcome) {
    case 'stored':
    case 'alreadyStored':
      return event;
    case 'refused':
      return refusedOutcome(event.refusal.code, event.refusal.field, refusalText(event.refusal));
    case 'failed':
      return unreadable === undefined ? event : refusedOutcome('unreadable', '', unreadableReason(unreadable));
  }
}

function unreadableReason(fault: string): string {
  return `Cannot read change event: the reader must not fail: ${fault}`;
}
