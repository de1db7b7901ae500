// The function of a database trigger on a busy collection: keeps each change event in the outbox at once, for drainOutbox to send
// in batches. It sends a batch itself as soon as enough events are kept, or the first of them long enough; drainOutbox sends the
// rest when no more come.
import { isBatchDue } from './batch-due.ts';
import { batchEvents } from './batch-events.ts';
import { batchSeconds } from './batch-seconds.ts';
import { drain } from './drain.ts';
import { faultWord } from './fault.ts';
import { keepOrDeliver } from './keep-or-deliver.ts';
import { logOutcome } from './log-outcome.ts';
import { isToBeIgnored, outgoingEvent } from './outgoing-event.ts';
import { openReceiver } from './receiver.ts';
import { recentFailure } from './recent-failure.ts';

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

/** The event is kept: whatever goes wrong here, the next drain puts right. */
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
