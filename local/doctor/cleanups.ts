// Removes the things that a check has created, also if a person ends the command.
import { within } from '../../shared/async/deadline.ts';

export interface Cleanups {
  /** Removes the things that `work` creates, also if `work` fails. */
  readonly after: <T>(clean: () => Promise<unknown>, work: () => Promise<T>) => Promise<T>;
  /** Removes the rest, within a time limit. Reports no failure, because the command is ending. */
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
