import { outboxCollection } from './outbox.ts';
import { within } from './within.ts';

/** How long after a failure events are kept without trying. */
const recentMs = 60000;
const lookMs = 2000;

/**
 * Whether the receiver failed within the last minute and events wait for it. Found by `_id`, and so as fast when a million events
 * wait. An outbox that can't be read says nothing of the receiver.
 */
export async function hasFailedRecently(): Promise<boolean> {
  try {
    const mark = await within(lookMs, outboxCollection('marks').findOne({ _id: 'receiver' }));
    if (mark === undefined || mark === null || Number(mark['failedAt']) < Date.now() - recentMs) return false;
    const waiting = await within(lookMs, outboxCollection('outbox').findOne({ state: 'waiting' }, { _id: 1 }));
    return waiting !== undefined && waiting !== null;
  } catch (_unreadable) {
    return false;
  }
}
