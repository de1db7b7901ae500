// The function of a database trigger: posts the change event to the receiver, and keeps in the outbox what it cannot deliver.
// It returns only when the event is delivered or kept: Atlas never repeats an event whose function failed.
import { deliverOrKeep } from './deliver-or-keep.ts';
import { hasFailedRecently } from './has-failed-recently.ts';
import { keepOrDeliver } from './keep-or-deliver.ts';
import { logOutcome } from './log-outcome.ts';
import { isToBeIgnored, outgoingEvent } from './outgoing-event.ts';

exports = forwardChangeEvent;

async function forwardChangeEvent(changeEvent: Fields) {
  if (isToBeIgnored(changeEvent)) return { outcome: 'ignored' };
  const began = Date.now();
  const looked = hasFailedRecently();
  const event = outgoingEvent(changeEvent);
  // An outage must not hold up an ordered trigger until its place in the oplog is gone: one event a minute finds out.
  const outcome = (await looked) ? await keepOrDeliver(event, heldBack) : await deliverOrKeep(event);
  return logOutcome('forwardChangeEvent', event, outcome, began);
}

const heldBack = { state: 'waiting', reason: 'the receiver failed less than a minute ago', failed: false } as const;
