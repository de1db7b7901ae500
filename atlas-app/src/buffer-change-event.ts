// The function of a database trigger on a busy collection. It keeps each change event in the outbox, for batches. It
// sends a batch when enough events wait, or when the oldest has waited long enough. drainOutbox sends the rest.
import { batchEvents } from './batch.ts';
import { openReceiver } from './deliver.ts';
import { drain } from './drain.ts';
import { isToBeIgnored, outgoingEvent } from './event.ts';
import { keepOrDeliver } from './keep.ts';
import { faultWord, logOutcome } from './log.ts';
import { outboxCollection, recentFailure } from './outbox.ts';

exports = bufferChangeEvent;

async function bufferChangeEvent(changeEvent: Fields) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const event = outgoingEvent(changeEvent);
  const outcome = await keepOrDeliver(event, { state: 'waiting', reason: 'buffered', failed: false });
  const fault = outcome.outcome === 'lost' ? '' : await sendBatchIfDue();
  const logged =
    fault === '' ? outcome : Object.assign({}, outcome, { reason: `${outcome.reason}; no batch now: ${fault}` });
  return logOutcome('bufferChangeEvent', event, logged, began);
}

/** A fault here does no harm, because the event is kept. The next drain sends it. */
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

const longestSeconds = 3600;

/** How long events wait for a batch: the value lakeBatchSeconds, or a minute. */
function batchSeconds(): number {
  const seconds = Number(context.values.get('lakeBatchSeconds'));
  return seconds >= 1 && seconds <= longestSeconds ? seconds : 60;
}

/** Counts one more kept event. True when enough events wait since the last drain, or the oldest waits long enough. */
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

/** Of many invocations at once, only one sends. */
async function isFirstToSee(dueSince: Date): Promise<boolean> {
  const begun = { $set: { since: new Date() } };
  const { modifiedCount } = await outboxCollection('marks').updateOne(
    { _id: 'buffer', since: { $lte: dueSince } },
    begun,
  );
  return modifiedCount === 1;
}
