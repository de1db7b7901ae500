import { knownRefusal } from './known-refusal.ts';
import { logLine } from './log-line.ts';
import type { Outcome, OutgoingEvent } from './types.ts';

/** Throws where the event is lost: only so does Atlas mark the invocation as failed. */
export function logOutcome(name: string, event: OutgoingEvent, { outcome, reason }: Outcome, began: number) {
  const { namespace, operationType, digest } = event;
  const told = outcome === 'refused' ? toldOf(reason) : reason;
  const durationMs = Date.now() - began;
  const line = logLine({ function: name, outcome, operationType, namespace, digest, durationMs, reason: told });
  if (outcome === 'lost') throw new Error(`Cannot keep event ${digest}: ${reason}`);
  return line;
}

function toldOf(reason: string): string {
  const known = knownRefusal(reason);
  return known === undefined ? 'the outbox says why' : known;
}
