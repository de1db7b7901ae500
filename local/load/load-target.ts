// Where a load puts documents: into the lake itself, or into a receiver.
import type { Snapshot, SnapshotDocument } from './snapshot.ts';
import { snapshotEvent } from './snapshot-event.ts';

export interface LoadTarget {
  /**
   * Resolves when the snapshot event of each document is durable or refused for good. Throws a LoadStopped when that cannot be
   * reached: what was durable before stays, and the same documents may be given again. It does not hold the documents longer
   * than it needs them.
   */
  readonly deliver: (documents: readonly SnapshotDocument[], signal: AbortSignal) => Promise<LoadedBatch>;
}

export interface LoadedBatch {
  readonly stored: number;
  readonly alreadyStored: number;
  readonly refused: readonly RefusedDocument[];
}

export interface RefusedDocument {
  readonly place: string;
  readonly reason: string;
}

export interface EventTarget {
  /** The same for events of any kind, as their text: an outcome for each, in their order. */
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
    deliver: (documents, signal) => {
      const places = documents.map(({ place }) => place);
      const events = documents.map((document) => snapshotEvent(document, snapshot));
      return target.deliver(events, signal).then((outcomes) => loadedBatch(outcomes, places));
    },
  };
}

function loadedBatch(outcomes: readonly Delivered[], places: readonly string[]): LoadedBatch {
  const refused: RefusedDocument[] = [];
  const counts = { stored: 0, alreadyStored: 0 };
  for (const [index, delivered] of outcomes.entries()) {
    if (delivered.outcome === 'refused') refused.push({ place: places[index] ?? '', reason: delivered.reason });
    else counts[delivered.outcome]++;
  }
  return { ...counts, refused };
}
