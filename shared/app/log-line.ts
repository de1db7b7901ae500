// The one line that the log gets of a request: enough to run the receiver by, and nothing of what passes through it.
import { countOutcomes, type EventOutcome, type EventTrace } from '../events/event-outcome.ts';
import type { Receipt } from '../http/receipt.ts';

export interface RequestTimes {
  readonly status: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

export function toLogLine(receipt: Receipt, { status, startedMs, endedMs }: RequestTimes): string {
  const events = receipt.kind === 'received' ? receipt.events : [];
  const traces = events.flatMap(traceIn);
  return JSON.stringify({
    message: 'change events',
    status,
    ...(receipt.kind === 'received' ? {} : { problem: receipt.kind }),
    ...countOutcomes(events),
    namespaces: tally(traces, namespaceOf),
    operationTypes: tally(traces, ({ operationType }) => operationType),
    lagMs: lagMs(events, endedMs),
    durationMs: Math.round(endedMs - startedMs),
    storageMs: receipt.kind === 'received' ? receipt.storageMs : null,
    bytes: 'bytes' in receipt ? receipt.bytes : 0,
    ...notEmpty(
      'reasons',
      tally(events.filter(isRefused), ({ refusal: { code, field } }) => `${code} ${field}`.trimEnd()),
    ),
    ...notEmpty(
      'faults',
      tally(events.filter(isFailed), ({ fault }) => fault),
    ),
    ...notEmpty(
      'failedDigests',
      events
        .filter(isFailed)
        .slice(0, maxNames)
        .flatMap(({ event }) => event?.digest ?? []),
    ),
  });
}

/** From the event's own time to its file being there; of several, the longest. An event's time is known to the second. */
function lagMs(events: readonly EventOutcome[], endedMs: number): number | null {
  const stored = events.flatMap((event) => (event.outcome === 'stored' ? [event.event.eventMs] : []));
  return stored.length === 0 ? null : Math.max(0, Math.round(endedMs - stored.reduce((a, b) => Math.min(a, b))));
}

const maxNames = 20;
const maxNameLength = 120;

/** How often each name comes, the first twenty: a sender cannot make the line grow without end. */
function tally<T>(items: readonly T[], nameOf: (item: T) => string): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = nameOf(item).slice(0, maxNameLength).toWellFormed();
    const key = counts.has(name) || counts.size < maxNames ? name : 'others';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function namespaceOf({ db = '~', coll = '~' }: EventTrace): string {
  return `${db}.${coll}`;
}

function notEmpty(name: string, found: object): Readonly<Record<string, object>> {
  return Object.keys(found).length === 0 ? {} : { [name]: found };
}

function traceIn(event: EventOutcome): EventTrace[] {
  return event.outcome === 'refused' || event.event === undefined ? [] : [event.event];
}

function isRefused(event: EventOutcome): event is Extract<EventOutcome, { outcome: 'refused' }> {
  return event.outcome === 'refused';
}

function isFailed(event: EventOutcome): event is Extract<EventOutcome, { outcome: 'failed' }> {
  return event.outcome === 'failed';
}
