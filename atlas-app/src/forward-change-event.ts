// The function of a database trigger. It posts the change event to the receiver, and keeps it in the outbox if that
// fails. It returns only when the event is delivered or kept, because Atlas never repeats a failed function.
import { deliver } from './deliver.ts';
import { isToBeIgnored, type OutgoingEvent, outgoingEvent } from './event.ts';
import { keepOrDeliver } from './keep.ts';
import { faultWord, logOutcome, type Outcome } from './log.ts';
import { markFailing, recentFailure } from './outbox.ts';
import type { Verdict } from './receipt.ts';

exports = forwardChangeEvent;

async function forwardChangeEvent(changeEvent: Fields) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const reading = recentFailure();
  const event = outgoingEvent(changeEvent);
  const failure = await reading;
  const outcome = failure === undefined ? await deliverOrKeep(event) : await holdBack(event, failure);
  return logOutcome('forwardChangeEvent', event, outcome, began);
}

async function deliverOrKeep(event: OutgoingEvent): Promise<Outcome> {
  const verdict = await deliver(event).catch(unforeseen);
  switch (verdict.kind) {
    case 'delivered':
      return { outcome: 'delivered', reason: '' };
    case 'refused':
      return await keepOrDeliver(event, { state: 'refused', reason: verdict.reason, told: verdict.told });
    case 'undelivered':
      await markFailing(verdict.reason);
      return await keepOrDeliver(event, { state: 'waiting', reason: verdict.reason, failed: true });
  }
}

/** A fault of the runtime must not lose the event, so it is kept. */
function unforeseen(error: unknown): Verdict {
  return { kind: 'undelivered', reason: faultWord(error) };
}

/**
 * During an outage, only one event a minute is posted. Otherwise an ordered trigger could lose its place in the oplog.
 */
async function holdBack(event: OutgoingEvent, failure: string): Promise<Outcome> {
  const reason = `the receiver failed less than a minute ago: ${failure}`;
  return await keepOrDeliver(event, { state: 'waiting', reason, failed: false });
}
