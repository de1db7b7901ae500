import { textIn } from './fields.ts';
import { outboxCollection } from './outbox.ts';
import { within } from './within.ts';

/** How long after a failure events are kept without trying. */
const recentMs = 60000;
const lookMs = 2000;

/**
 * How the receiver failed, where it did within the last minute and events wait for it. Found by `_id`, and so as fast when a
 * million events wait. An outbox that can't be read says nothing of the receiver.
 */
export async function recentFailure(): Promise<string | undefined> {
  try {
    const mark = await within(lookMs, outboxCollection('marks').findOne({ _id: 'receiver' }));
    if (mark === undefined || mark === null || Number(mark['failedAt']) < Date.now() - recentMs) return undefined;
    const waiting = await within(lookMs, outboxCollection('outbox').findOne({ state: 'waiting' }, { _id: 1 }));
    if (waiting === undefined || waiting === null) return undefined;
    const reason = textIn(mark['reason']);
    return reason === undefined ? 'it is not known how' : reason;
  } catch (_unreadable) {
    return undefined;
  }
}
