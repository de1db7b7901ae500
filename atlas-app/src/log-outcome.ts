import { logLine } from './log-line.ts';
import type { Outcome, OutgoingEvent } from './types.ts';

/** How our own reasons begin. Whoever else writes a receipt could put anything into one: that stays in the outbox. */
const known = /^(?:Cannot read change event: "|answered \d{3}|no answer|no connection|the |buffered|$)/;

export function logOutcome(name: string, event: OutgoingEvent, { outcome, reason }: Outcome, began: number) {
  const { namespace, operationType, digest } = event;
  const told = known.test(reason) ? reason : 'the outbox says why';
  const durationMs = Date.now() - began;
  return logLine({ function: name, outcome, operationType, namespace, digest, durationMs, reason: told });
}
