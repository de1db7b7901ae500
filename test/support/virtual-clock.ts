// Virtual time. It stops while work runs, and jumps to the next timer when all work waits. So a pause of ten minutes
// takes no time, and a slow machine changes nothing.
import type { Clock } from '../../local/atlas/clock.ts';

export interface VirtualClock extends Clock {
  readonly skip: (ms: number) => void;
  readonly pause: (ms: number) => Promise<void>;
  /** Time stops until this work is done. */
  readonly whileStanding: <T>(run: () => Promise<T>) => Promise<T>;
}

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

export function virtualClock(startMs: number): VirtualClock {
  const timers = new Map<number, Timer>();
  let nowMs = startMs;
  let lastTimer = 0;
  let underWay = 0;
  let isLooking = false;

  function look(): void {
    if (isLooking) return;
    isLooking = true;
    // After all work that needs no time.
    setImmediate(() => {
      isLooking = false;
      const [next] = [...timers].toSorted(([, one], [, other]) => one.atMs - other.atMs);
      if (underWay > 0 || next === undefined) return;
      const [id, { atMs, callback }] = next;
      timers.delete(id);
      nowMs = Math.max(nowMs, atMs);
      callback();
      look();
    });
  }

  function later(callback: () => void, ms: number): number {
    lastTimer++;
    timers.set(lastTimer, { atMs: nowMs + ms, callback });
    look();
    return lastTimer;
  }

  return {
    now: () => nowMs,
    setTimeout: later,
    clearTimeout: (timer) => timers.delete(Number(timer)),
    skip: (ms) => {
      nowMs += ms;
    },
    pause: (ms) => new Promise((resolve) => later(resolve, ms)),
    whileStanding: async (run) => {
      underWay++;
      try {
        return await run();
      } finally {
        underWay--;
        look();
      }
    },
  };
}
