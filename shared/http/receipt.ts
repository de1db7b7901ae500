// What became of a delivery, before HTTP's words and the log's.
import type { EventOutcome } from '../events/event-outcome.ts';

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
  | { readonly kind: 'over-compressed' }
  /** Some events are durable all the same: those that are not have failed. */
  | {
      readonly kind: 'text-too-large';
      readonly events: readonly EventOutcome[];
      readonly bytes: number;
      readonly storageMs: number | null;
    }
  | { readonly kind: 'busy' }
  | { readonly kind: 'incomplete-body' }
  | { readonly kind: 'not-authentic'; readonly bytes: number }
  | { readonly kind: 'not-json'; readonly bytes: number }
  | { readonly kind: 'too-deep'; readonly bytes: number }
  | { readonly kind: 'too-many-events'; readonly bytes: number };
