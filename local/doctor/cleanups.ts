// What a check has made and will take away again, so that it is taken away also where somebody ends the command.
import { within } from '../../shared/async/deadline.ts';

export interface Cleanups {
  /** Takes away what `work` makes, whatever becomes of it. */
  readonly after: <T>(clean: () => Promise<unknown>, work: () => Promise<T>) => Promise<T>;
  /** All that is still to be taken away, within a bound; what fails is told by nobody: the command is over. */
  readonly runAll: () => Promise<void>;
}

/** A call to Atlas may take a minute. */
const limitMs = 90_000;

export function cleanups(): Cleanups {
  const open = new Set<() => Promise<unknown>>();
  return {
    after: async (clean, work) => {
      open.add(clean);
      try {
        return await work();
      } finally {
        if (open.delete(clean)) await clean();
      }
    },
    runAll: async () => {
      const cleaning = [...open].map((clean) => clean());
      open.clear();
      await within(limitMs, () => Promise.allSettled(cleaning)).catch(() => undefined);
    },
  };
}
