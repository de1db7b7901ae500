import assert from 'node:assert/strict';
import type { EventOutcome } from '../../shared/events/event-outcome.ts';
import type { Receipt } from '../../shared/http/receipt.ts';

export function eventsOf(receipt: Receipt): readonly EventOutcome[] {
  assert(receipt.kind === 'received', receipt.kind);
  return receipt.events;
}

export function outcomesOf(receipt: Receipt): string[] {
  return eventsOf(receipt).map(({ outcome }) => outcome);
}

/** The file of each event, in the order of the request. */
export function pathsOf(receipt: Receipt): string[] {
  return eventsOf(receipt).map((event) => ('path' in event ? event.path : ''));
}
