import { outboxCollection } from './outbox.ts';
import { within } from './within.ts';

const markMs = 2000;

/** Spares the events after this one the wait. Without the mark they wait, and nothing else. */
export async function markFailing(reason: string): Promise<void> {
  try {
    const failed = { $set: { failedAt: new Date(), reason } };
    await within(markMs, outboxCollection('marks').updateOne({ _id: 'receiver' }, failed, { upsert: true }));
  } catch (_unwritable) {
    // Whether the event itself can be kept shows next.
  }
}
