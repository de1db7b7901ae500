import { logLine } from './log-line.ts';
import type { Outcome, OutgoingEvent } from './types.ts';

/** How the receiver's own reasons begin. Whoever else writes a receipt could put anything into one: that stays in the outbox. */
const ownRefusal =
  /^(?:answered 413(?: [a-z-]+)?$|Cannot read change event: "(?:_id|operationType|clusterTime|wallTime|ns)" must be)/;

export function logOutcome(name: string, event: OutgoingEvent, { outcome, reason }: Outcome, began: number) {
  const { namespace, operationType, digest } = event;
  const told = outcome === 'refused' ? toldOf(reason) : reason;
  const durationMs = Date.now() - began;
  return logLine({ function: name, outcome, operationType, namespace, digest, durationMs, reason: told });
}

function toldOf(reason: string): string {
  const known = ownRefusal.exec(reason);
  return known === null ? 'the outbox says why' : known[0];
}
