// The function of a database trigger: posts the change event to the receiver, and keeps in the outbox what it cannot deliver.
// It returns only when the event is delivered or kept: Atlas never repeats an event whose function failed.
import { deliverOrKeep } from './deliver-or-keep.ts';
import { keepOrDeliver } from './keep-or-deliver.ts';
import { logOutcome } from './log-outcome.ts';
import { isToBeIgnored, outgoingEvent } from './outgoing-event.ts';
import { recentFailure } from './recent-failure.ts';
import type { Outcome, OutgoingEvent } from './types.ts';

exports = forwardChangeEvent;

async function forwardChangeEvent(changeEvent: Fields) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const looked = recentFailure();
  const event = outgoingEvent(changeEvent);
  const failure = await looked;
  const outcome = failure === undefined ? await deliverOrKeep(event) : await holdBack(event, failure);
  return logOutcome('forwardChangeEvent', event, outcome, began);
}

/** An outage must not hold up an ordered trigger until its place in the oplog is gone: one event a minute finds out. */
async function holdBack(event: OutgoingEvent, failure: string): Promise<Outcome> {
  const reason = `the receiver failed less than a minute ago: ${failure}`;
  return await keepOrDeliver(event, { state: 'waiting', reason, failed: false });
}
