import { fieldsOf } from './fields.ts';
import { outboxCollection } from './outbox.ts';
import { removeParts } from './parts.ts';
import type { Entry, EntryId } from './types.ts';

const mostListed = 1000;
/** 5 s, 10 s, 20 s … 10 min. */
const firstPauseMs = 5000;
const longestPauseMs = 600000;

/** Resume tokens sort in stream order, so the oldest are found by `_id`. */
export async function listDue(atMs: number): Promise<Entry[]> {
  const due = { state: 'waiting', dueAt: { $lte: new Date(atMs) } };
  const found = outboxCollection('outbox').find(due, { bytes: 1, tries: 1, parts: 1 });
  return (await found.sort({ _id: 1 }).limit(mostListed).toArray()).map((entry) => ({
    id: idOf(entry),
    bytes: Number(entry['bytes']),
    tries: Number(entry['tries']),
    parts: partsOf(entry),
    posts: 0,
  }));
}

export function idOf(entry: Fields): EntryId {
  const id = entry['_id'];
  return typeof id === 'string' ? id : fieldsOf(id);
}

export function partsOf(entry: Fields): readonly unknown[] {
  const parts = entry['parts'];
  return Array.isArray(parts) ? parts : [];
}

/** The entries first: parts that nobody names do no harm. */
export async function removeEntries(entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  // Whatever another drain made of them meanwhile: what is in the lake needs no place here.
  await outboxCollection('outbox').deleteMany({ _id: { $in: entries.map(({ id }) => id) } });
  await removeParts(entries.reduce((all: readonly unknown[], { parts }) => all.concat(parts), []));
}

export async function markRefused(entries: readonly Entry[], reason: string): Promise<void> {
  const refused = { state: 'refused', reason, refusedAt: new Date() };
  await outboxCollection('outbox').updateMany(these(entries), { $set: refused });
}

/** With growing pauses; what another drain removed meanwhile is not there to be changed. */
export async function postpone(entries: readonly Entry[], reason: string, retryAfterMs = 0): Promise<void> {
  const now = Date.now();
  for (const tries of new Set(entries.map((entry) => entry.tries))) {
    const pauseMs = Math.min(longestPauseMs, Math.max(retryAfterMs, firstPauseMs * 2 ** tries));
    const failed = { tries: tries + 1, dueAt: new Date(now + pauseMs), failedAt: new Date(now), reason };
    const some = entries.filter((entry) => entry.tries === tries);
    await outboxCollection('outbox').updateMany(these(some), { $set: failed });
  }
}

/** A refused entry stays refused, whatever another drain found out about it. */
function these(entries: readonly Entry[]): Fields {
  return { _id: { $in: entries.map(({ id }) => id) }, state: 'waiting' };
}
