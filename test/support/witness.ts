// Watches a lake while a delivery is sent again and again, and checks its files.
import assert from 'node:assert/strict';

export interface StoredFile {
  readonly bytes: Uint8Array;
  /** The number of commits of this path at the service. */
  readonly commits: number;
}

export type StoredFiles = ReadonlyMap<string, StoredFile>;

export interface SentEvent {
  readonly outcome: string;
  readonly path?: string;
}

export function witness() {
  /** All possible contents of each path, from the deliveries so far. */
  const versions = new Map<string, Uint8Array[]>();
  const complete = new Map<string, Uint8Array>();
  const storedTimes = new Map<string, number>();

  return {
    expect: (files: ReadonlyMap<string, Uint8Array>): void => {
      for (const [path, bytes] of files) versions.set(path, [...(versions.get(path) ?? []), bytes]);
    },
    look: (files: StoredFiles, answered: readonly SentEvent[]): void => {
      for (const [path, { bytes, commits }] of files) lookAt(path, bytes, commits);
      for (const [path] of complete) assert(files.has(path), 'a complete file must stay');
      for (const { outcome, path = '' } of answered.filter(isStored)) {
        assert(complete.has(path), `an event told ${outcome} must be there, complete`);
        if (outcome === 'stored') storedTimes.set(path, (storedTimes.get(path) ?? 0) + 1);
      }
    },
    /** Exactly one file for each expected path. */
    lookAtLast: (files: StoredFiles): void => {
      assert.deepEqual([...files.keys()].sort(), [...versions.keys()].sort());
      for (const [path, { commits }] of files) {
        assert(complete.has(path), 'no file may be left empty');
        assert.equal(commits, 1, 'a file must be written once');
        const events = Buffer.from(complete.get(path) ?? [])
          .toString()
          .trimEnd()
          .split('\n').length;
        assert((storedTimes.get(path) ?? 0) <= events, 'no event may be told stored twice');
      }
    },
  };

  function lookAt(path: string, bytes: Uint8Array, commits: number): void {
    assert(commits <= 1, 'a file must not be written again');
    // Between create and flush of the Data Lake endpoint.
    if (bytes.length === 0 && commits === 0) return;
    const earlier = complete.get(path);
    if (earlier !== undefined) assert(Buffer.from(earlier).equals(bytes), 'a complete file must stay as it is');
    const isWhole = versions.get(path)?.some((version) => Buffer.from(version).equals(bytes)) === true;
    assert(isWhole, 'a file must be one of the whole files that were sent');
    complete.set(path, bytes);
  }
}

export function isStored({ outcome }: SentEvent): boolean {
  return outcome === 'stored' || outcome === 'alreadyStored';
}
