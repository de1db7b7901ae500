// One log line for each request. It has what an operator needs, and no content of a document.
import type { EventOutcome } from '../events/event-outcome.ts';
import type { Receipt } from '../http/receipt.ts';
import { jsonLine } from '../json/json-line.ts';
import { outcomeFields, reasonFields } from './event-fields.ts';

export interface RequestTimes {
  readonly status: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

export function toLogLine(receipt: Receipt, { status, startedMs, endedMs }: RequestTimes): string {
  const events = 'events' in receipt ? receipt.events : [];
  return jsonLine({
    message: 'change events',
    status,
    ...(receipt.kind === 'received' ? {} : { problem: receipt.kind }),
    ...outcomeFields(events),
    lagMs: lagMs(events, endedMs),
    durationMs: Math.round(endedMs - startedMs),
    storageMs: 'storageMs' in receipt ? receipt.storageMs : null,
    bytes: 'bytes' in receipt ? receipt.bytes : 0,
    ...reasonFields(events),
  });
}

/** The longest time from an event to its durable file. The time of an event is exact to the second. */
function lagMs(events: readonly EventOutcome[], endedMs: number): number | null {
  const stored = events.flatMap((event) => (event.outcome === 'stored' ? [event.event.eventMs] : []));
  return stored.length === 0 ? null : Math.max(0, Math.round(endedMs - stored.reduce((a, b) => Math.min(a, b))));
}
