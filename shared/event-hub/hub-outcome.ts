// The outcome of a message that holds an event.
import type { EventOutcome } from '../events/event-outcome.ts';
import { describeFault } from '../lake/fault.ts';

export type HubOutcome =
  | Exclude<EventOutcome, { outcome: 'refused' }>
  | {
      readonly outcome: 'refused';
      readonly refusal: { readonly code: string; readonly field: string };
      readonly reason: string;
    };

export function failedOutcome(fault: unknown): HubOutcome {
  return { outcome: 'failed', event: undefined, fault: describeFault(fault) };
}

export function refusedOutcome(code: string, field: string, reason: string): HubRefused {
  return { outcome: 'refused', refusal: { code, field }, reason };
}

export type HubRefused = Extract<HubOutcome, { outcome: 'refused' }>;
