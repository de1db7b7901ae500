// The port of the lake: everything the receiver needs of a place to put files. Two adapters, one contract (test/support/lake-contract.ts).
import type { LakeLocation } from './lake-url.ts';

export interface Lake {
  /**
   * Resolves only when the whole file is durable: `created` by this call, or `exists` from an earlier one, never rewritten.
   * Whatever else happens throws, and then the file may or may not be there.
   */
  readonly create: (path: string, content: Uint8Array, signal: AbortSignal) => Promise<'created' | 'exists'>;
  /** One call that shows that the container answers; throws where it does not. */
  readonly check: (signal: AbortSignal) => Promise<void>;
}

/** A file as a list shows it. */
export interface LakeFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** What everything that reads the lake is given: tables, queries, the doctor, the status page. */
export interface LakeReader {
  /**
   * The files in a folder and in all folders below it, page by page: one request a page. A folder that is missing has none.
   * Names of one folder come in the order of their bytes; the order of folders is the store's own.
   */
  readonly list: (folder: string, signal: AbortSignal) => AsyncIterable<readonly LakeFile[]>;
  /** The names of the folders directly in a folder; empty where it is missing. */
  readonly folders: (folder: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** The bytes of a file, or of a range of it (`end` not included); undefined where the file is missing. */
  readonly read: (path: string, signal: AbortSignal, range?: ByteRange) => Promise<Uint8Array | undefined>;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** How the Data Lake is written to: one Put Blob, or create, append and flush. docs/decisions/001 says why. */
export type LakeApi = 'blob' | 'dfs';

export type LakeAccess =
  | { readonly kind: 'shared-key'; readonly key: string }
  | { readonly kind: 'managed-identity'; readonly clientId: string | undefined }
  | { readonly kind: 'developer' };

export interface LakeSettings {
  readonly location: LakeLocation;
  readonly access: LakeAccess;
  readonly api: LakeApi;
}
