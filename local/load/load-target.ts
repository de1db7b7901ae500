// Where a load puts documents: into the lake itself, or into a receiver.
import type { SnapshotDocument } from './snapshot-document.ts';

export interface LoadTarget {
  readonly begin: () => OpenBatch;
}

/** Documents that the target takes together. */
export interface OpenBatch {
  /** Copies what it needs of a document, because the bytes are valid only during the call. */
  readonly add: (document: SnapshotDocument) => void;
  /**
   * Call it last. Resolves when the snapshot event of each document is durable or refused for good. Throws a
   * LoadStopped if that is impossible. Durable events stay, and the same documents may come again.
   */
  readonly deliver: (signal: AbortSignal) => Promise<LoadedBatch>;
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
  /** The same for the texts of any events. Returns an outcome for each, in their order. */
  readonly deliver: (events: readonly Uint8Array[], signal: AbortSignal) => Promise<readonly Delivered[]>;
}

export type Delivered =
  | { readonly outcome: 'stored' }
  | { readonly outcome: 'alreadyStored' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** The target does not take events, and a person must act. The message has the requirement. */
export class LoadStopped extends Error {
  override readonly name = 'LoadStopped';
}
