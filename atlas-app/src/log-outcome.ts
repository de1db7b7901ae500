import { logLine } from './log-line.ts';
import type { Outcome, OutgoingEvent } from './types.ts';

export function logOutcome(name: string, event: OutgoingEvent, { outcome, reason }: Outcome, began: number) {
  const { namespace, operationType, digest } = event;
  return logLine({ function: name, outcome, operationType, namespace, digest, durationMs: Date.now() - began, reason });
}
