// The fields of a log line that describe events: counts and names, never a document, a token or a path.
import { type Counts, countOutcomes, type EventOutcome, type EventTrace } from '../events/event-outcome.ts';

type Tally = Readonly<Record<string, number>>;

/** The outcome of one event. HTTP and hubs have different codes for a refusal. */
export type LoggedOutcome =
  | Exclude<EventOutcome, { outcome: 'refused' }>
  | { readonly outcome: 'refused'; readonly refusal: { readonly code: string; readonly field: string } };

export function outcomeFields(
  events: readonly LoggedOutcome[],
): Counts & { readonly namespaces: Tally; readonly operationTypes: Tally } {
  const traces = events.flatMap(traceIn);
  return {
    ...countOutcomes(events),
    namespaces: tally(traces, namespaceOf),
    operationTypes: tally(traces, ({ operationType }) => operationType),
  };
}

/** Leaves out the fields that would be empty. */
export function reasonFields(events: readonly LoggedOutcome[]): Readonly<Record<string, object>> {
  const failed = events.filter(isFailed);
  return {
    ...notEmpty(
      'reasons',
      tally(events.filter(isRefused), ({ refusal: { code, field } }) => `${code} ${field}`.trimEnd()),
    ),
    ...notEmpty(
      'faults',
      tally(failed, ({ fault }) => fault),
    ),
    ...notEmpty(
      'failedDigests',
      failed.slice(0, maxNames).flatMap(({ event }) => event?.digest ?? []),
    ),
  };
}

const maxNames = 20;
const maxNameLength = 120;

/** Counts each name. Only the first twenty names appear, so that a sender cannot make the line too long. */
function tally<T>(items: readonly T[], nameOf: (item: T) => string): Tally {
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

function traceIn(event: LoggedOutcome): EventTrace[] {
  return event.outcome === 'refused' || event.event === undefined ? [] : [event.event];
}

function isRefused(event: LoggedOutcome): event is Extract<LoggedOutcome, { outcome: 'refused' }> {
  return event.outcome === 'refused';
}

function isFailed(event: LoggedOutcome): event is Extract<LoggedOutcome, { outcome: 'failed' }> {
  return event.outcome === 'failed';
}
