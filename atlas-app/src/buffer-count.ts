import { outboxCollection } from './outbox.ts';

/** Counts one more event that is kept; true when that makes a batch since the last drain. */
export async function isBatchFull(batchEvents: number): Promise<boolean> {
  const counted = await outboxCollection('marks').findOneAndUpdate(
    { _id: 'buffer' },
    { $inc: { kept: 1 } },
    { upsert: true, returnNewDocument: true },
  );
  return counted !== null && Number(counted['kept']) % batchEvents === 0;
}
