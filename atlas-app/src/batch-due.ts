import { outboxCollection } from './outbox.ts';

/** Counts one more event that is kept; true when as many as make a batch, or as old, are kept since the last drain. */
export async function isBatchDue(events: number, seconds: number): Promise<boolean> {
  const now = Date.now();
  const counted = await outboxCollection('marks').findOneAndUpdate(
    { _id: 'buffer' },
    { $inc: { kept: 1 }, $setOnInsert: { since: new Date(now) } },
    { upsert: true, returnNewDocument: true },
  );
  if (counted === null) return false;
  const dueSince = new Date(now - seconds * 1000);
  return (
    Number(counted['kept']) % events === 0 ||
    (Number(counted['since']) <= Number(dueSince) && (await isFirstToSee(dueSince)))
  );
}

/** Of many that come at once, one sends. */
async function isFirstToSee(dueSince: Date): Promise<boolean> {
  const begun = { $set: { since: new Date() } };
  const { modifiedCount } = await outboxCollection('marks').updateOne(
    { _id: 'buffer', since: { $lte: dueSince } },
    begun,
  );
  return modifiedCount === 1;
}
