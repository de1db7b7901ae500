// The next request of a drain: its entries, and their texts.
import { listOf } from './event.ts';
import { type Entry, idOf, outboxCollection } from './outbox.ts';
import { type Answer, limitsIn } from './receipt.ts';
import { webhookIdOf } from './signature.ts';

/** Entries with their texts, as one request. */
export interface Batch {
  readonly entries: readonly Entry[];
  readonly webhookId: string;
  readonly body: string;
}

export interface Limits {
  events: number;
  bytes: number;
}

/** The posts of one event in one invocation. After them the event waits for the next invocation. */
export const mostPosts = 3;
/** This number of single requests does no harm. */
const few = 32;

const mostOfReceiver = 1000;

/** The number of events in a batch: the value lakeBatchEvents, for a receiver that takes fewer than 1,000. */
export function batchEvents(): number {
  const events = Math.floor(Number(context.values.get('lakeBatchEvents')));
  return events >= 1 && events <= mostOfReceiver ? events : mostOfReceiver;
}

/** Takes as many entries from the front of the queue as one request can hold. One event always fits. */
export function cutBatch(queue: readonly Entry[], limits: Limits): Entry[] {
  const batch: Entry[] = [];
  // One byte for the brackets. Each event adds one for its comma.
  let bytes = 1;
  let events = limits.events;
  for (const entry of queue) {
    events = Math.min(events, batchSizeFor(entry, limits.events));
    bytes += entry.bytes + 1;
    if (batch.length > 0 && (batch.length >= events || bytes > limits.bytes)) break;
    batch.push(entry);
  }
  return batch;
}

/** Halves the batch after each failure, until a poison event is sent alone. */
function batchSizeFor({ tries, posts }: Entry, most: number): number {
  // The last post in this invocation. A single event always gets a final answer.
  if (posts === mostPosts - 1 && most <= few) return 1;
  return Math.max(1, Math.floor(most / 2 ** Math.max(0, tries - 2)));
}

/**
 * Uses the limit in the answer of the receiver, or the number of events that it took from a batch. The answer of a host
 * or a proxy has neither, so the batch is halved.
 */
export function shrink(limits: Limits, answer: Answer, batch: Batch, settled: number): void {
  const most = limitsIn(answer);
  const half = Math.floor(batch.entries.length / 2);
  limits.events = Math.max(half, Math.min(settled, batch.entries.length - 1));
  if (most.events < batch.entries.length) limits.events = most.events;
  if (most.bytes < batch.body.length) {
    limits.events = batch.entries.length;
    limits.bytes = most.bytes;
  }
}

/** Leaves out the entries that another drain removed meanwhile. */
export async function loadBatch(entries: readonly Entry[]): Promise<Batch> {
  const found = outboxCollection('outbox').find({ _id: { $in: entries.map(({ id }) => id) } }, { text: 1, parts: 1 });
  const texts: Record<string, string> = {};
  for (const entry of await found.toArray()) {
    const text = await textOf(entry);
    if (text !== undefined) texts[String(idOf(entry))] = text;
  }
  const loaded = entries.filter(({ id }) => texts[String(id)] !== undefined);
  const bodies = loaded.map(({ id }) => texts[String(id)]);
  const [first] = loaded;
  if (loaded.length === 1 && first !== undefined)
    return { entries: loaded, webhookId: webhookIdOf('evt', String(first.id)), body: bodies.join('') };
  // The same in this drain and in the next.
  const webhookId = webhookIdOf('bat', loaded.map(({ id }) => String(id)).join());
  return { entries: loaded, webhookId, body: `[${bodies.join(',')}]` };
}

async function textOf(entry: Fields): Promise<string | undefined> {
  const ids = listOf(entry['parts']);
  if (ids.length === 0) return String(entry['text']);
  const pieces: Record<string, string> = {};
  for (const part of await outboxCollection('parts')
    .find({ _id: { $in: ids } })
    .toArray())
    pieces[String(part['_id'])] = String(part['text']);
  return ids.every((id) => pieces[String(id)] !== undefined) ? ids.map((id) => pieces[String(id)]).join('') : undefined;
}
