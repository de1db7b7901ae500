import { idOf, partsOf } from './entries.ts';
import { outboxCollection } from './outbox.ts';
import { sha256 } from './sha256.ts';
import type { Batch, Entry } from './types.ts';
import { webhookIdOf } from './webhook-id.ts';

export interface Limits {
  events: number;
  bytes: number;
}

/** Of one event in one invocation: what is too large that often waits for the next. */
export const mostPosts = 3;
/** So many requests more do no harm. */
const few = 32;

/** From the front of the queue, as much as one request may hold; one event always. */
export function cutBatch(queue: readonly Entry[], limits: Limits): Entry[] {
  const batch: Entry[] = [];
  // The brackets; each event brings a comma.
  let bytes = 1;
  let events = limits.events;
  for (const entry of queue) {
    events = Math.min(events, companyOf(entry, limits.events));
    bytes += entry.bytes + 1;
    if (batch.length > 0 && (batch.length >= events || bytes > limits.bytes)) break;
    batch.push(entry);
  }
  return batch;
}

/** What fails again and again is sent in smaller and smaller company, so that one event that no receiver survives is found out. */
function companyOf({ tries, posts }: Entry, most: number): number {
  // Its last request of this invocation: alone it is settled, whatever the receiver's limit is.
  if (posts === mostPosts - 1 && most <= few) return 1;
  return Math.max(1, Math.floor(most / 2 ** Math.max(0, tries - 2)));
}

/** With the texts; without the entries that another drain removed meanwhile. */
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
    return { entries: loaded, webhookId: webhookIdOf(String(first.id)), body: bodies.join('') };
  // Of the same events it is the same request, in this drain and in the next.
  const webhookId = `bat_${sha256(loaded.map(({ id }) => String(id)).join()).slice(0, 32)}`;
  return { entries: loaded, webhookId, body: `[${bodies.join(',')}]` };
}

async function textOf(entry: Fields): Promise<string | undefined> {
  const ids = partsOf(entry);
  if (ids.length === 0) return String(entry['text']);
  const pieces: Record<string, string> = {};
  for (const part of await outboxCollection('parts')
    .find({ _id: { $in: ids } })
    .toArray())
    pieces[String(part['_id'])] = String(part['text']);
  return ids.every((id) => pieces[String(id)] !== undefined) ? ids.map((id) => pieces[String(id)]).join('') : undefined;
}
