// Counts what this process has received since its start, for the status page. Memory is limited, and counting is cheap.
import { type Counts, countOutcomes, type EventOutcome, type EventTrace } from '../events/event-outcome.ts';
import type { Receipt } from '../http/receipt.ts';
import type { LoggedOutcome } from './event-fields.ts';

export interface NamespaceCounts extends Counts {
  readonly db: string | undefined;
  readonly coll: string | undefined;
}

/** One event at its arrival. */
export interface Arrival {
  readonly atMs: number;
  readonly outcome: EventOutcome['outcome'];
  /** Undefined for a refused event, and for a fault that came before the event was read. */
  readonly event: EventTrace | undefined;
  readonly path: string | undefined;
}

export interface DeliveryCounts {
  readonly note: (receipt: Receipt, atMs: number) => void;
  /** For the events of one delivery, by HTTP or from a hub. */
  readonly noteEvents: (events: readonly LoggedOutcome[], atMs: number) => void;
  readonly read: () => DeliveriesSeen;
}

export interface DeliveriesSeen {
  readonly sinceMs: number;
  readonly deliveries: number;
  readonly events: Counts;
  /** Deliveries with a problem, by its kind. A `text-too-large` delivery can have durable events. */
  readonly problems: Readonly<Record<string, number>>;
  readonly namespaces: readonly NamespaceCounts[];
  /** Newest first. Empty unless arrivals are kept. */
  readonly arrivals: readonly Arrival[];
}

const maxNamespaces = 1_000;
const maxArrivals = 50;

/** Arrivals are kept only on a laptop, because a path can contain a document key. */
export function countDeliveries(startedMs: number, keepsArrivals: boolean): DeliveryCounts {
  let deliveries = 0;
  let total: Counts = countOutcomes([]);
  let arrivals: readonly Arrival[] = [];
  const problems = new Map<string, number>();
  const namespaces = new Map<string, NamespaceCounts>();

  function noteEvents(events: readonly LoggedOutcome[], atMs: number): void {
    deliveries++;
    total = sumOf(total, countOutcomes(events));
    for (const event of events) noteEvent(event);
    if (keepsArrivals) {
      const latest = events.slice(-maxArrivals).map((event) => arrivalOf(event, atMs));
      arrivals = [...latest.reverse(), ...arrivals].slice(0, maxArrivals);
    }
  }

  function noteEvent(event: LoggedOutcome): void {
    if (event.outcome === 'refused' || event.event === undefined) return;
    const { db, coll } = event.event;
    const key = JSON.stringify([db ?? null, coll ?? null]);
    const counts = namespaces.get(key) ?? { db, coll, ...countOutcomes([]) };
    if (namespaces.size < maxNamespaces || namespaces.has(key))
      namespaces.set(key, { ...counts, [event.outcome]: counts[event.outcome] + 1 });
  }

  return {
    note: (receipt, atMs) => {
      if (receipt.kind !== 'received') problems.set(receipt.kind, (problems.get(receipt.kind) ?? 0) + 1);
      if ('events' in receipt) noteEvents(receipt.events, atMs);
      else deliveries++;
    },
    noteEvents,
    read: () => ({
      sinceMs: startedMs,
      deliveries,
      events: total,
      problems: Object.fromEntries(problems),
      namespaces: [...namespaces.values()],
      arrivals,
    }),
  };
}

function arrivalOf(event: LoggedOutcome, atMs: number): Arrival {
  return {
    atMs,
    outcome: event.outcome,
    event: event.outcome === 'refused' ? undefined : event.event,
    path: 'path' in event ? event.path : undefined,
  };
}

function sumOf(one: Counts, other: Counts): Counts {
  return {
    stored: one.stored + other.stored,
    alreadyStored: one.alreadyStored + other.alreadyStored,
    refused: one.refused + other.refused,
    failed: one.failed + other.failed,
  };
}
