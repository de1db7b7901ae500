// The outcome of a delivery, as data. The response and the log line are made from it.
import type { EventOutcome } from '../events/event-outcome.ts';

export type Receipt =
  | {
      readonly kind: 'received';
      readonly events: readonly EventOutcome[];
      readonly bytes: number;
      /** The longest write. Null if nothing was written. */
      readonly storageMs: number | null;
    }
  | { readonly kind: 'unsupported-type' }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'over-compressed' }
  /** Some events can be durable. The others are `failed`. */
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
