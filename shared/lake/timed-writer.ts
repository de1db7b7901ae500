// A writer that measures how long the storage service takes: the longest write of one delivery, for the log.
import type { LakeWriter } from './lake.ts';

export interface TimedWriter {
  readonly writer: LakeWriter;
  /** Null where nothing was written. A write that still hangs counts too, although nobody waits for it any longer. */
  readonly longestMs: () => number | null;
}

export function timedWriter(writer: LakeWriter): TimedWriter {
  const underWay = new Map<symbol, number>();
  let longest: number | null = null;
  const count = (startedMs: number): void => {
    longest = Math.max(longest ?? 0, performance.now() - startedMs);
  };

  return {
    writer: {
      create: async (path, content, contentType, signal) => {
        const write = Symbol('a write');
        const startedMs = performance.now();
        underWay.set(write, startedMs);
        try {
          return await writer.create(path, content, contentType, signal);
        } finally {
          underWay.delete(write);
          count(startedMs);
        }
      },
      check: writer.check,
    },
    longestMs: () => {
      for (const startedMs of underWay.values()) count(startedMs);
      return longest === null ? null : Math.round(longest);
    },
  };
}
