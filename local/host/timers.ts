// Runs the timers of an app as Azure's host does: by their schedule, one run of each at a time. Missed runs become one
// immediate run with `isPastDue`. Runs are missed while the laptop sleeps, or when a run takes longer than its period.
import type { Timer } from '@azure/functions';
import { readCron, type Schedule } from './cron.ts';
import type { RegisteredFunction } from './functions-core.ts';
import { invocationOf, logFailure } from './invocation.ts';

export interface Timers {
  /** Follows the schedules from now on. */
  readonly begin: () => void;
  /** Starts a run now, or right after the run under way. False if no timer has this name. */
  readonly start: (name: string) => boolean;
  /** Begins no more runs. Resolves when those under way have ended. */
  readonly close: () => Promise<void>;
}

export interface Clock {
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A busy event loop does not make a run late. */
const toleranceMs = 2_000;
/** Waits in steps, because a timeout does not count the time that a laptop sleeps. */
const stepMs = 30_000;

export function timersOf(functions: readonly RegisteredFunction[], clock: Clock = realClock): Timers {
  const stopping = new AbortController();
  const timers = new Map(
    functions.filter(isTimer).map((timer) => [timer.name.toLowerCase(), timerOf(timer, clock, stopping.signal)]),
  );
  return {
    begin: () => {
      for (const timer of timers.values()) void keepTo(timer, clock, stopping.signal);
    },
    start: (name) => {
      const timer = timers.get(name.toLowerCase());
      if (timer !== undefined) void timer.run(false);
      return timer !== undefined;
    },
    close: async () => {
      stopping.abort();
      await Promise.all([...timers.values()].map(({ idle }) => idle()));
    },
  };
}

function isTimer({ trigger }: RegisteredFunction): boolean {
  return trigger.type.toLowerCase() === 'timertrigger';
}

interface RunningTimer {
  readonly schedule: Schedule;
  readonly run: (isPastDue: boolean) => Promise<void>;
  readonly idle: () => Promise<void>;
}

function timerOf({ name, trigger, invoke }: RegisteredFunction, clock: Clock, stopping: AbortSignal): RunningTimer {
  const schedule = readCron(trigger.schedule ?? '');
  let last = Promise.resolve();
  let lastRun = new Date(0);
  const run = async (isPastDue: boolean): Promise<void> => {
    if (stopping.aborted) return;
    const startedAt = clock.now();
    const status = { last: lastRun, next: schedule(startedAt) ?? startedAt, lastUpdated: lastRun };
    lastRun = startedAt;
    try {
      await invoke(timerInput(isPastDue, status), invocationOf(name));
    } catch (error) {
      logFailure(name, error);
    }
  };
  return {
    schedule,
    run: (isPastDue) => {
      last = last.then(() => run(isPastDue));
      return last;
    },
    idle: () => last,
  };
}

function timerInput(isPastDue: boolean, status: Readonly<Record<'last' | 'next' | 'lastUpdated', Date>>): Timer {
  const { last, next, lastUpdated } = status;
  const scheduleStatus = { last: last.toISOString(), next: next.toISOString(), lastUpdated: lastUpdated.toISOString() };
  return { isPastDue, schedule: { adjustForDST: false }, scheduleStatus };
}

async function keepTo({ schedule, run }: RunningTimer, clock: Clock, stopping: AbortSignal): Promise<void> {
  let after = clock.now();
  for (;;) {
    const due = schedule(after);
    if (due === undefined || !(await reached(due, clock, stopping))) return;
    // This run covers all moments until now. If a moment comes during the run, one more run follows at once.
    after = clock.now();
    await run(after.getTime() - due.getTime() > toleranceMs);
  }
}

async function reached(due: Date, clock: Clock, stopping: AbortSignal): Promise<boolean> {
  for (let left = due.getTime() - clock.now().getTime(); left > 0; left = due.getTime() - clock.now().getTime()) {
    if (stopping.aborted) return false;
    await clock.sleep(Math.min(left, stepMs), stopping);
  }
  return !stopping.aborted;
}

const realClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeout = setTimeout(resolve, ms);
    const end = (): void => {
      clearTimeout(timeout);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', end));
  },
};
