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
