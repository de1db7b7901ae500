// What the thread that reads a dump and the thread that puts its files tell each other.
import type { NewFile } from '../../shared/lake/create-in-time.ts';
import type { StoredFile } from './file-store.ts';
import type { Dump, LoadCounts } from './load-dump.ts';
import type { Snapshot } from './snapshot.ts';
import type { SnapshotFilesSettings } from './snapshot-files.ts';

export interface ThreadWork {
  readonly dumps: readonly Dump[];
  readonly snapshot: Snapshot;
  readonly settings: SnapshotFilesSettings;
}

/** From the thread that reads. The memory of a file goes with it, and comes back with the answer. */
export type FromReader =
  | { readonly kind: 'read'; readonly bytes: number }
  | { readonly kind: 'loaded'; readonly counts: LoadCounts }
  | { readonly kind: 'file'; readonly number: number; readonly file: NewFile }
  | { readonly kind: 'ended'; readonly counts: LoadCounts }
  | { readonly kind: 'dump-fault'; readonly requirement: string; readonly place: string; readonly file: string }
  | { readonly kind: 'stopped'; readonly why: string };

export type ToReader =
  | { readonly kind: 'stored'; readonly number: number; readonly stored: StoredFile }
  | { readonly kind: 'not-stored'; readonly number: number; readonly why: string };

/** What is transferred with a content. A load never shares it. */
export function memoryOf({ buffer }: Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  throw new Error('Cannot transfer memory: it must belong to one thread: it is shared');
}
