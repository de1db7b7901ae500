// Lets a command end only after its writes. A write that nobody waits for any more still has to remove its temporary
// file.
import { within } from '../../shared/async/deadline.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';

/** A write on a hung disk never ends. */
const mostMs = 10_000;

/** Runs the work with a function that watches a writer. Waits for all writes of that writer, also if the work fails. */
export async function untilWritesEnd<T>(
  work: (watched: (lake: LakeWriter) => LakeWriter) => Promise<T>,
  longestMs = mostMs,
): Promise<T> {
  const underWay = new Set<Promise<unknown>>();
  try {
    return await work((lake) => ({
      ...lake,
      create: async (path, content, contentType, signal) => {
        const write = lake.create(path, content, contentType, signal);
        underWay.add(write);
        return await write.finally(() => underWay.delete(write));
      },
    }));
  } finally {
    await within(longestMs, () => Promise.allSettled(underWay)).catch(() => undefined);
  }
}
