// A writer that measures how long the storage service takes: the longest write of one delivery, for the log.
import type { LakeWriter } from './lake.ts';

export interface TimedWriter {
  readonly writer: LakeWriter;
  /** Null where nothing was written. A write that still hangs counts too, although nobody waits for it any longer. */
  readonly longestMs: () => number | null;
}

export function timedWriter(writer: LakeWriter): TimedWriter {
  const underWay = new Set<{ readonly startedMs: number }>();
  let longest: number | null = null;
  const count = ({ startedMs }: { readonly startedMs: number }): void => {
    longest = Math.max(longest ?? 0, performance.now() - startedMs);
  };

  return {
    writer: {
      create: async (path, content, contentType, signal) => {
        const write = { startedMs: performance.now() };
        underWay.add(write);
        try {
          return await writer.create(path, content, contentType, signal);
        } finally {
          underWay.delete(write);
          count(write);
        }
      },
      check: writer.check,
    },
    longestMs: () => {
      underWay.forEach(count);
      return longest === null ? null : Math.round(longest);
    },
  };
}
