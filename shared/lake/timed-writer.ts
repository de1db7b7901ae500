// Measures the longest write of one delivery, for the log.
import type { LakeWriter } from './lake.ts';

export interface TimedWriter {
  readonly writer: LakeWriter;
  /** Null if nothing was written. A write that still hangs also counts. */
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
