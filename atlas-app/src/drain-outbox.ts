// The function of a scheduled trigger. It sends the waiting events of the outbox in batches, oldest first, and logs
// what is left.
import { batchEvents } from './batch.ts';
import { openReceiver } from './deliver.ts';
import { type Drained, drain } from './drain.ts';
import { listOf } from './event.ts';
import { faultWord, logLine } from './log.ts';
import { outboxCollection, removeParts } from './outbox.ts';

exports = drainOutbox;

async function drainOutbox() {
  const began = Date.now();
  try {
    const drained = await drainAll();
    const state = await outboxState();
    await removeStrayParts();
    return logLine(Object.assign({ function: 'drainOutbox' }, drained, state, { durationMs: Date.now() - began }));
  } catch (error) {
    // Messages of the database can contain document keys, and Atlas would log them.
    throw new Error(`Cannot drain the outbox: its database must answer: ${faultWord(error)}`);
  }
}

async function drainAll(): Promise<Drained> {
  const receiver = openReceiver();
  if ('problem' in receiver) return { delivered: 0, newlyRefused: 0, failed: 0, posts: 0, reason: receiver.problem };
  return await drain(receiver, batchEvents(), Infinity);
}

interface OutboxState {
  readonly waiting: number;
  readonly oldestSeconds: number;
  readonly refused: number;
}

async function outboxState(): Promise<OutboxState> {
  const [waiting, refused, oldest] = await Promise.all([
    outboxCollection('outbox').count({ state: 'waiting' }),
    outboxCollection('outbox').count({ state: 'refused' }),
    outboxCollection('outbox').find({ state: 'waiting' }, { keptAt: 1 }).sort({ _id: 1 }).limit(1).toArray(),
  ]);
  const [entry] = oldest;
  const ageMs = entry === undefined ? 0 : Date.now() - Number(entry['keptAt']);
  return { waiting, oldestSeconds: Math.round(ageMs / 1000), refused };
}

/** Atlas ends an invocation after five minutes. So an older part without an entry never gets one. */
const strayMs = 3600000;
/**
 * The pause after a look that found old parts of waiting events. An outage can leave many, and each look reads them.
 */
const nextLookMs = 3000000;
const pageParts = 1000;
const mostPages = 10;

/**
 * Removes parts of large events that no entry names: an invocation died before its entry, or another entry was first.
 * Works also while entries wait or are refused.
 */
async function removeStrayParts(): Promise<void> {
  const now = Date.now();
  const looked = await outboxCollection('marks').findOne({ _id: 'strays' }, { lookedAt: 1 });
  if (looked !== null && looked !== undefined && Number(looked['lookedAt']) > now - nextLookMs) return;
  const before = new Date(now - strayMs);
  let after: unknown;
  let isAnyNamed = false;
  for (let page = 0; page < mostPages; page += 1) {
    const old = await oldParts(before, after);
    const stray = await strayOf(old);
    await removeParts(stray);
    isAnyNamed = isAnyNamed || stray.length < old.length;
    const last = old[old.length - 1];
    if (old.length < pageParts || last === undefined) break;
    after = last['_id'];
  }
  if (!isAnyNamed) return;
  const mark = { $set: { lookedAt: new Date(now) } };
  await outboxCollection('marks').updateOne({ _id: 'strays' }, mark, { upsert: true });
}

function oldParts(before: Date, after: unknown): Promise<Fields[]> {
  const query = Object.assign({ keptAt: { $lt: before } }, after === undefined ? {} : { _id: { $gt: after } });
  return outboxCollection('parts').find(query, { entry: 1 }).sort({ _id: 1 }).limit(pageParts).toArray();
}

/** Finds entries by their `_id`. Parts of an earlier version do not name their entry. */
async function strayOf(parts: readonly Fields[]): Promise<unknown[]> {
  if (parts.length === 0) return [];
  const withEntry = parts.filter((part) => part['entry'] !== undefined);
  const without = parts.filter((part) => part['entry'] === undefined);
  const named: Record<string, boolean> = {};
  const note = (entry: Fields) => {
    for (const id of listOf(entry['parts'])) named[String(id)] = true;
  };
  const entries = { _id: { $in: withEntry.map((part) => part['entry']) } };
  if (withEntry.length > 0) (await outboxCollection('outbox').find(entries, { parts: 1 }).toArray()).forEach(note);
  const naming = { parts: { $in: without.map((part) => part['_id']) } };
  if (without.length > 0) (await outboxCollection('outbox').find(naming, { parts: 1 }).toArray()).forEach(note);
  return parts.map((part) => part['_id']).filter((id) => named[String(id)] !== true);
}
