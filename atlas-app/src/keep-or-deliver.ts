import { faultWord } from './fault.ts';
import { keep, type Why } from './keep.ts';
import { knownRefusal } from './known-refusal.ts';
import { tryOnce } from './try-once.ts';
import type { Outcome, OutgoingEvent, Verdict } from './types.ts';

/** Lost is what neither the outbox nor the receiver takes. */
export async function keepOrDeliver(event: OutgoingEvent, why: Why): Promise<Outcome> {
  try {
    await keep(event, why);
    return { outcome: why.state === 'refused' ? 'refused' : 'kept', reason: why.reason };
  } catch (error) {
    const fault = `the outbox must be writable: ${faultWord(error)}`;
    const { verdict } = await tryOnce(event);
    if (verdict.kind === 'delivered') return { outcome: 'delivered', reason: fault };
    return { outcome: 'lost', reason: `${fault}; of the receiver: ${wordOf(verdict)}` };
  }
}

function wordOf(verdict: Exclude<Verdict, { kind: 'delivered' }>): string {
  const known = verdict.kind === 'refused' ? knownRefusal(verdict.reason) : verdict.reason;
  return known === undefined ? 'it refuses the event' : known;
}
