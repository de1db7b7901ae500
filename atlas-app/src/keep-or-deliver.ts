import { faultWord } from './fault.ts';
import { keep, type Why } from './keep.ts';
import { tryOnce } from './try-once.ts';
import type { Outcome, OutgoingEvent } from './types.ts';

/** Throws where neither can be done: then the event is lost to Atlas, which says so in its log. */
export async function keepOrDeliver(event: OutgoingEvent, why: Why): Promise<Outcome> {
  try {
    await keep(event, why);
    return { outcome: why.state === 'refused' ? 'refused' : 'kept', reason: why.reason };
  } catch (error) {
    const fault = `the outbox must be writable: ${faultWord(error)}`;
    const { verdict } = await tryOnce(event);
    if (verdict.kind === 'delivered') return { outcome: 'delivered', reason: fault };
    throw new Error(`Cannot keep event ${event.digest}: ${fault}; of the receiver: ${verdict.reason}`);
  }
}
