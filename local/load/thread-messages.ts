// The messages between the thread that reads a dump and the thread that makes and puts its files.
import type { DocumentFormat } from '../../shared/format/formats.ts';
import type { Dump, LoadCounts } from './load-dump.ts';
import type { Snapshot } from './snapshot.ts';
import type { StoredBatch, WrittenBatch } from './written-batch.ts';

export interface ThreadWork {
  readonly dumps: readonly Dump[];
  readonly snapshot: Snapshot;
  readonly documentFormat: DocumentFormat;
}

/** From the thread that reads. The memory of a batch goes with it, and returns after the copy. */
export type FromReader =
  | { readonly kind: 'progress'; readonly bytes: number; readonly counts: LoadCounts | undefined }
  | { readonly kind: 'batch'; readonly number: number; readonly batch: WrittenBatch }
  | { readonly kind: 'ended'; readonly counts: LoadCounts }
  | { readonly kind: 'dump-fault'; readonly requirement: string; readonly place: string; readonly file: string }
  | { readonly kind: 'stopped'; readonly why: string };

export type ToReader =
  | { readonly kind: 'copied'; readonly number: number; readonly memory: Uint8Array }
  | { readonly kind: 'stored'; readonly number: number; readonly stored: StoredBatch }
  | { readonly kind: 'not-stored'; readonly number: number; readonly why: string };

/** The memory that is transferred with bytes. A load never shares it. */
export function memoryOf({ buffer }: Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  throw new Error('Cannot transfer memory: it must belong to one thread: it is shared');
}
