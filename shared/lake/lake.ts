// The ports of the lake, one for each capability. Each store in lake/<store>/ has an adapter for each port. One
// contract suite runs against all adapters of a port (test/support/writer-contract.ts, reader-contract.ts).

/** The receiver has only this port, so it needs no right to read. */
export interface LakeWriter {
  /**
   * Resolves when the whole file is durable: `created` by this call, or `exists` from an earlier call. It never
   * rewrites a file. After an error, the file can exist or not.
   */
  readonly create: (
    path: string,
    content: Uint8Array,
    contentType: string,
    signal: AbortSignal,
  ) => Promise<'created' | 'exists'>;
  /** Asks the container with one call. Throws if it does not answer. */
  readonly check: (signal: AbortSignal) => Promise<void>;
}

/** A file in a list. */
export interface LakeFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** The port for tables, queries, the doctor and the status page. */
export interface LakeReader {
  /**
   * Lists the files in a folder and in all folders below it. Each page is one request. A missing folder has no files.
   * `namesBegin` keeps the paths that begin with the folder, a slash and this text. The names in one folder are sorted
   * by their bytes. Each store has its own order of folders.
   */
  readonly list: (folder: string, signal: AbortSignal, namesBegin?: string) => AsyncIterable<readonly LakeFile[]>;
  /** The names of the folders directly in a folder. A missing folder has none. */
  readonly folders: (folder: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** The files directly in a folder, sorted by the bytes of their names. A missing folder has none. */
  readonly files: (folder: string, signal: AbortSignal) => Promise<readonly LakeFile[]>;
  /** The bytes of a file, or of a range of it. Undefined if the file is missing. A range can end after the file. */
  readonly read: (path: string, signal: AbortSignal, range?: ByteRange) => Promise<Uint8Array | undefined>;
}

/** From `start` up to `end`, without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Only pruning and the doctor have this port. The app itself never removes a file. */
export interface LakeRemover {
  /** Resolves when the file is gone, or was missing before. */
  readonly remove: (path: string, signal: AbortSignal) => Promise<void>;
  /** Removes an empty folder. A folder with files stays. A store without real folders does nothing. */
  readonly removeEmptyFolder: (path: string, signal: AbortSignal) => Promise<void>;
}

/** For the only file that is rewritten: it names the newest checkpoint of a table. */
export interface LakeReplacer {
  /** Resolves when the new content is durable. If the store can do it, a reader finds the whole old or new content. */
  readonly replace: (path: string, content: Uint8Array, contentType: string, signal: AbortSignal) => Promise<void>;
}
