// Where a load puts documents: into the lake itself, or into a receiver.
import type { Snapshot, SnapshotDocument } from './snapshot.ts';
import { snapshotEvent } from './snapshot-event.ts';

export interface LoadTarget {
  /**
   * Resolves when the snapshot event of each document is durable or refused for good, in their order. Throws a LoadStopped
   * when that cannot be reached: what was durable before stays, and the same documents may be given again.
   */
  readonly deliver: (documents: readonly SnapshotDocument[], signal: AbortSignal) => Promise<readonly Delivered[]>;
}

/** The same for events of any kind, as their text. */
export interface EventTarget {
  readonly deliver: (events: readonly Uint8Array[], signal: AbortSignal) => Promise<readonly Delivered[]>;
}

export type Delivered =
  | { readonly outcome: 'stored' }
  | { readonly outcome: 'alreadyStored' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** The target does not take events: a person has to look. The message says what must hold. */
export class LoadStopped extends Error {
  override readonly name = 'LoadStopped';
}

/** Gives each document as the text of its snapshot event. */
export function throughEvents(target: EventTarget, snapshot: Snapshot): LoadTarget {
  return {
    deliver: (documents, signal) =>
      target.deliver(
        documents.map((document) => snapshotEvent(document, snapshot)),
        signal,
      ),
  };
}
