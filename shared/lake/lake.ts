// The ports of the lake, one for each capability. Each store in lake/<store>/ has an adapter for each port, and a contract suite
// runs against every adapter (test/support/writer-contract.ts, reader-contract.ts).

/** All that the receiver gets, so that it needs no right to read. */
export interface LakeWriter {
  /**
   * Resolves only when the whole file is durable: `created` by this call, or `exists` from an earlier one, never rewritten.
   * Everything else throws, and then the file may or may not be there.
   */
  readonly create: (
    path: string,
    content: Uint8Array,
    contentType: string,
    signal: AbortSignal,
  ) => Promise<'created' | 'exists'>;
  /** Shows with one call that the container answers. Throws where it does not. */
  readonly check: (signal: AbortSignal) => Promise<void>;
}

/** A file as a list shows it. */
export interface LakeFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** For everything that reads the lake: tables, queries, the doctor, the status page. */
export interface LakeReader {
  /**
   * Lists the files in a folder and in all folders below it, page by page: one request a page. A missing folder has no files.
   * `namesBegin` keeps the paths that begin with the folder's path, a slash and this text.
   * Names of one folder come in the order of their bytes; the order of folders is the store's own.
   */
  readonly list: (folder: string, signal: AbortSignal, namesBegin?: string) => AsyncIterable<readonly LakeFile[]>;
  /** The names of the folders directly in a folder; empty where it is missing. */
  readonly folders: (folder: string, signal: AbortSignal) => Promise<readonly string[]>;
  /**
   * The bytes of a file, or of a range of it; undefined where the file is missing.
   * A range that reaches past the end gives the bytes that are there.
   */
  readonly read: (path: string, signal: AbortSignal, range?: ByteRange) => Promise<Uint8Array | undefined>;
}

/** `end` is not included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** For pruning and for the doctor alone: nothing that the app does by itself removes a file. */
export interface LakeRemover {
  /** Resolves when the file is gone, also where it was missing before. */
  readonly remove: (path: string, signal: AbortSignal) => Promise<void>;
  /** Removes a folder if nothing is in it; a folder with files stays. A store without real folders has nothing to do. */
  readonly removeEmptyFolder: (path: string, signal: AbortSignal) => Promise<void>;
}

/** For the one file of a table that is written again and again: the name of its newest checkpoint. */
export interface LakeReplacer {
  /** Resolves when the new content is durable. A reader meets the old content or the new one, whole, wherever a store can do so. */
  readonly replace: (path: string, content: Uint8Array, contentType: string, signal: AbortSignal) => Promise<void>;
}
