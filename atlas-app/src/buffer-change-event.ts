// The function of a database trigger on a busy collection: keeps each change event in the outbox at once, for batches. It sends a
// batch itself when enough events are kept, or when the first of them is old enough. drainOutbox sends the rest.
import { drain } from './drain.ts';
import { isToBeIgnored, outgoingEvent } from './event.ts';
import { keepOrDeliver } from './keep.ts';
import { faultWord, logOutcome } from './log.ts';
import { outboxCollection, recentFailure } from './outbox.ts';
import { batchEvents, batchSeconds, openReceiver } from './values.ts';

exports = bufferChangeEvent;

async function bufferChangeEvent(changeEvent: Fields) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const event = outgoingEvent(changeEvent);
  const outcome = await keepOrDeliver(event, { state: 'waiting', reason: 'buffered', failed: false });
  const fault = outcome.outcome === 'lost' ? '' : await sendBatchIfDue();
  const told =
    fault === '' ? outcome : Object.assign({}, outcome, { reason: `${outcome.reason}; no batch now: ${fault}` });
  return logOutcome('bufferChangeEvent', event, told, began);
}

/** The event is kept, so a fault here does no harm: the next drain sends it. */
async function sendBatchIfDue(): Promise<string> {
  const receiver = openReceiver();
  try {
    if ('problem' in receiver || !(await isBatchDue(batchEvents(), batchSeconds()))) return '';
    if ((await recentFailure()) !== undefined) return '';
    await drain(receiver, batchEvents(), 1);
    return '';
  } catch (error) {
    return faultWord(error);
  }
}

/** Counts one more event that is kept. True when enough events, or old enough ones, are kept since the last drain. */
async function isBatchDue(events: number, seconds: number): Promise<boolean> {
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

/** When many invocations come at once, one of them sends. */
async function isFirstToSee(dueSince: Date): Promise<boolean> {
  const begun = { $set: { since: new Date() } };
  const { modifiedCount } = await outboxCollection('marks').updateOne(
    { _id: 'buffer', since: { $lte: dueSince } },
    begun,
  );
  return modifiedCount === 1;
}
