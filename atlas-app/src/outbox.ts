// The outbox, a database of its own. It has one document for each event, parts of large events, and marks.
import { fieldsOf, listOf, ownDatabase, textIn } from './event.ts';
import { collectionOf, within } from './runtime.ts';

/**
 * `outbox` has one document for each event, `parts` the parts of large events. `marks` has the last failure of the
 * receiver and the number of kept events. `loads` has the state of each initial load.
 */
export function outboxCollection(name: 'outbox' | 'parts' | 'marks' | 'loads'): AtlasCollection {
  return collectionOf(ownDatabase, name);
}

/** A resume token, or an ObjectId for an event without a token. */
export type EntryId = string | { toString(): string };

/** A waiting event, without its text. */
export interface Entry {
  readonly id: EntryId;
  readonly bytes: number;
  /** The number of failed drains. */
  readonly tries: number;
  readonly parts: readonly unknown[];
  /** The number of posts in this invocation. */
  posts: number;
}

const mostListed = 1000;
/** 5 s, 10 s, 20 s … 10 min. */
const firstPauseMs = 5000;
const longestPauseMs = 600000;

/** Sorts by `_id`, so the oldest come first: resume tokens sort in stream order. */
export async function listDue(atMs: number): Promise<Entry[]> {
  const due = { state: 'waiting', dueAt: { $lte: new Date(atMs) } };
  const found = outboxCollection('outbox').find(due, { bytes: 1, tries: 1, parts: 1 });
  return (await found.sort({ _id: 1 }).limit(mostListed).toArray()).map((entry) => ({
    id: idOf(entry),
    bytes: Number(entry['bytes']),
    tries: Number(entry['tries']),
    parts: listOf(entry['parts']),
    posts: 0,
  }));
}

export function idOf(entry: Fields): EntryId {
  const id = entry['_id'];
  return typeof id === 'string' ? id : fieldsOf(id);
}

/** Removes the entries first, because parts without an entry do no harm. */
export async function removeEntries(entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  // Includes entries that another drain has changed, because they are in the lake.
  await outboxCollection('outbox').deleteMany({ _id: { $in: entries.map(({ id }) => id) } });
  await removeParts(entries.reduce((all: readonly unknown[], { parts }) => all.concat(parts), []));
}

export async function removeParts(ids: readonly unknown[]): Promise<void> {
  if (ids.length > 0) await outboxCollection('parts').deleteMany({ _id: { $in: ids } });
}

export async function markRefused(entries: readonly Entry[], reason: string): Promise<void> {
  const refused = { state: 'refused', reason, refusedAt: new Date() };
  await outboxCollection('outbox').updateMany(stillWaiting(entries), { $set: refused });
}

/** The pauses grow with each failure. */
export async function postpone(entries: readonly Entry[], reason: string, retryAfterMs = 0): Promise<void> {
  const now = Date.now();
  for (const tries of new Set(entries.map((entry) => entry.tries))) {
    const pauseMs = Math.min(longestPauseMs, Math.max(retryAfterMs, firstPauseMs * 2 ** tries));
    const failed = { tries: tries + 1, dueAt: new Date(now + pauseMs), failedAt: new Date(now), reason };
    const some = entries.filter((entry) => entry.tries === tries);
    await outboxCollection('outbox').updateMany(stillWaiting(some), { $set: failed });
  }
}

/** A refused entry stays refused, even if another drain had another result. */
function stillWaiting(entries: readonly Entry[]): Fields {
  return { _id: { $in: entries.map(({ id }) => id) }, state: 'waiting' };
}

/** For this time after a failure, events are kept without a post. */
const recentMs = 60000;
const markMs = 2000;

/**
 * The reason of a failure in the last minute, if events wait. Both look-ups are fast, even beside a million waiting
 * events. If the outbox cannot be read, the receiver can still be healthy, so the result is undefined.
 */
export async function recentFailure(): Promise<string | undefined> {
  try {
    const mark = await within(markMs, outboxCollection('marks').findOne({ _id: 'receiver' }));
    if (mark === undefined || mark === null || Number(mark['failedAt']) < Date.now() - recentMs) return undefined;
    const waiting = await within(markMs, outboxCollection('outbox').findOne({ state: 'waiting' }, { _id: 1 }));
    if (waiting === undefined || waiting === null) return undefined;
    const reason = textIn(mark['reason']);
    return reason === undefined ? 'the reason is unknown' : reason;
  } catch (_unreadable) {
    return undefined;
  }
}

/** With the mark, the next events are kept without a post. Without the mark, they are only slower. */
export async function markFailing(reason: string): Promise<void> {
  try {
    const failed = { $set: { failedAt: new Date(), reason } };
    await within(markMs, outboxCollection('marks').updateOne({ _id: 'receiver' }, failed, { upsert: true }));
  } catch (_unwritable) {
    // The mark only saves time. The next step keeps the event itself.
  }
}

export async function clearMark(id: 'receiver' | 'buffer'): Promise<void> {
  await outboxCollection('marks').deleteOne({ _id: id });
}
