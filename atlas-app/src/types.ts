// The words that the functions share.

/** A change event on its way: its text is what is signed, sent and kept, byte for byte. */
export interface OutgoingEvent {
  /** The resume token; undefined where the event has none. */
  readonly token: string | undefined;
  /** Stable for the event, and tells nothing of it: tokens carry the document's key. */
  readonly webhookId: string;
  /** What the name of the event's file ends with. */
  readonly digest: string;
  readonly namespace: string;
  readonly operationType: string;
  readonly text: string;
}

export interface Receiver {
  readonly url: string;
  readonly key: string;
  /** Base64, without `whsec_`; empty where deliveries are not signed. */
  readonly secret: string;
}

/** The app's values do not say who the receiver is. */
export interface NoReceiver {
  readonly problem: string;
}

export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly text: string;
      readonly retryAfterMs: number | undefined;
    }
  /** No answer in time, or no connection: nobody knows whether the events arrived. */
  | { readonly kind: 'silence'; readonly reason: string };

/** What became of one event of a request. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'undelivered'; readonly reason: string };

/** A resume token, or an ObjectId where there is none. */
export type EntryId = string | { toString(): string };

/** What the outbox tells of an event that waits, without its text. */
export interface Entry {
  readonly id: EntryId;
  readonly bytes: number;
  /** How often the drain failed with it. */
  readonly tries: number;
  readonly parts: readonly unknown[];
  /** How often this invocation posted it. */
  posts: number;
}

/** Entries with their texts, as one request. */
export interface Batch {
  readonly entries: readonly Entry[];
  readonly webhookId: string;
  readonly body: string;
}

/** What an invocation did with its event. */
export interface Outcome {
  readonly outcome: 'delivered' | 'refused' | 'kept' | 'lost';
  readonly reason: string;
}
