// A batch between its two steps. One step reads the dump and writes the lines. The other makes the file and puts it.
import { digestDigits } from './snapshot-token.ts';

export interface WrittenBatch {
  /** The lines in the order of the dump, with room for their digests. After them come the keys for the digests. */
  readonly bytes: Uint8Array;
  readonly lineEnds: Int32Array;
  readonly keyEnds: Int32Array;
}

/**
 * Calls `onCopied` with the memory of the batch, unless the file itself is in it. Throws a LoadStopped as a FileStore
 * does.
 */
export type BatchStore = (
  batch: WrittenBatch,
  signal: AbortSignal,
  onCopied: (memory: Uint8Array) => void,
) => Promise<StoredBatch>;

export interface StoredBatch {
  readonly result: 'created' | 'exists';
  /** Repeated documents count once. */
  readonly documents: number;
}

/** The end of each line. A token ends with its digest. */
export const behindToken = '","snapshot":true}\n';

/** The distance from the room for the digest to the end of the line. */
export const digestFromEnd = digestDigits + behindToken.length;
