// The outcome of an event, and the parts of the event that a log can have.
import type { ChangeEvent } from './change-event.ts';
import { digestOf } from './lake-path.ts';
import type { Refusal } from './refusal.ts';

/** For the log. It has no document, no token and no path. */
export interface EventTrace {
  readonly operationType: string;
  readonly db: string | undefined;
  readonly coll: string | undefined;
  readonly eventMs: number;
  readonly digest: string;
}

export type EventOutcome =
  | { readonly outcome: 'stored'; readonly path: string; readonly event: EventTrace }
  | { readonly outcome: 'alreadyStored'; readonly path: string; readonly event: EventTrace }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  /** `event` is undefined if the fault came before the event was read. */
  | { readonly outcome: 'failed'; readonly event: EventTrace | undefined; readonly fault: string };

export type Counts = Readonly<Record<EventOutcome['outcome'], number>>;

export function countOutcomes(events: readonly Pick<EventOutcome, 'outcome'>[]): Counts {
  const counts = { stored: 0, alreadyStored: 0, refused: 0, failed: 0 };
  for (const { outcome } of events) counts[outcome]++;
  return counts;
}

export function traceOf(event: ChangeEvent): EventTrace {
  const { operationType, db, coll, time } = event;
  return { operationType, db, coll, eventMs: time.ms, digest: digestOf(event) };
}
