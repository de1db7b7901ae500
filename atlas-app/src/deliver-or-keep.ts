import { deliver } from './deliver.ts';
import { keepOrDeliver } from './keep-or-deliver.ts';
import { markFailing } from './mark-failing.ts';
import type { Outcome, OutgoingEvent } from './types.ts';

export async function deliverOrKeep(event: OutgoingEvent): Promise<Outcome> {
  const verdict = await deliver(event);
  switch (verdict.kind) {
    case 'delivered':
      return { outcome: 'delivered', reason: '' };
    case 'refused':
      return await keepOrDeliver(event, { state: 'refused', reason: verdict.reason, failed: false });
    case 'undelivered':
      await markFailing();
      return await keepOrDeliver(event, { state: 'waiting', reason: verdict.reason, failed: true });
  }
}
