// What became of a delivery, before HTTP's words and the log's.

/** What the log may tell of an event. */
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
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly path: string; readonly event: EventTrace; readonly fault: string };

export type Receipt =
  | {
      readonly kind: 'received';
      readonly events: readonly EventOutcome[];
      readonly bytes: number;
      /** The longest write; null where nothing was written. */
      readonly storageMs: number | null;
    }
  | { readonly kind: 'unsupported-type' }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'incomplete-body' }
  | { readonly kind: 'not-authentic'; readonly bytes: number }
  | { readonly kind: 'not-json'; readonly bytes: number }
  | { readonly kind: 'too-deep'; readonly bytes: number }
  | { readonly kind: 'too-many-events'; readonly bytes: number };

export type Counts = Readonly<Record<EventOutcome['outcome'], number>>;

export function countOutcomes(events: readonly EventOutcome[]): Counts {
  const counts = { stored: 0, alreadyStored: 0, refused: 0, failed: 0 };
  for (const { outcome } of events) counts[outcome]++;
  return counts;
}
