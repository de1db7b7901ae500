import { deliver } from './deliver.ts';
import { faultWord } from './fault.ts';
import { keepOrDeliver } from './keep-or-deliver.ts';
import { markFailing } from './mark-failing.ts';
import type { Outcome, OutgoingEvent, Verdict } from './types.ts';

export async function deliverOrKeep(event: OutgoingEvent): Promise<Outcome> {
  const verdict = await deliver(event).catch(unforeseen);
  switch (verdict.kind) {
    case 'delivered':
      return { outcome: 'delivered', reason: '' };
    case 'refused':
      return await keepOrDeliver(event, { state: 'refused', reason: verdict.reason, failed: false });
    case 'undelivered':
      await markFailing(verdict.reason);
      return await keepOrDeliver(event, { state: 'waiting', reason: verdict.reason, failed: true });
  }
}

/** Whatever the runtime lacks or does: the event is kept. */
function unforeseen(error: unknown): Verdict {
  return { kind: 'undelivered', reason: faultWord(error) };
}
