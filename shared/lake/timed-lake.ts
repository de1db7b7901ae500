// How long the storage service takes: of the writes of one delivery the longest, for the log.
import type { Lake } from './lake.ts';

export interface TimedLake {
  readonly lake: Lake;
  /** Null where nothing was written. A write that still hangs counts too: nobody waits for it any longer. */
  readonly longestMs: () => number | null;
}

export function timedLake(lake: Lake): TimedLake {
  const underWay = new Map<symbol, number>();
  let longest: number | null = null;
  const count = (startedMs: number): void => {
    longest = Math.max(longest ?? 0, performance.now() - startedMs);
  };

  return {
    lake: {
      create: async (path, content, signal) => {
        const write = Symbol('a write');
        const startedMs = performance.now();
        underWay.set(write, startedMs);
        try {
          return await lake.create(path, content, signal);
        } finally {
          underWay.delete(write);
          count(startedMs);
        }
      },
      check: lake.check,
    },
    longestMs: () => {
      for (const startedMs of underWay.values()) count(startedMs);
      return longest === null ? null : Math.round(longest);
    },
  };
}
