import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RegisteredFunction } from '../../../local/host/functions-core.ts';
import { type Clock, timersOf } from '../../../local/host/timers.ts';

const startMs = Date.parse('2026-11-20T10:15:30Z');

describe('timersOf()', () => {
  it('runs a timer by its schedule, and says that it is not past due', async () => {
    const world = runningTimer('*/10 * * * * *');

    await world.passMs(30_000);

    assert.deepEqual(world.runs, ['10:15:40', '10:15:50', '10:16:00']);
    assert.partialDeepStrictEqual(world.inputs[1], {
      isPastDue: false,
      schedule: { adjustForDST: false },
      scheduleStatus: { last: '2026-11-20T10:15:40.000Z', next: '2026-11-20T10:16:00.000Z' },
    });
  });

  it('makes one run, past due, of all runs that a long run or a sleeping laptop missed', async () => {
    const world = runningTimer('*/10 * * * * *', { runMs: 35_000 });

    await world.passMs(10_000);
    await world.passMs(35_000);
    await world.passMs(35_000);

    assert.deepEqual(world.runs, ['10:15:40', '10:16:15', '10:16:50']);
    assert.deepEqual(
      world.inputs.map(({ isPastDue }) => isPastDue),
      [false, true, true],
    );
  });

  it('starts a run on request, after the one under way', async () => {
    const world = runningTimer('0 0 0 1 1 *', { runMs: 5_000 });

    assert.equal(world.timers.start('TIMER'), true);
    assert.equal(world.timers.start('timer'), true);
    await world.passMs(20_000);

    assert.deepEqual(world.runs, ['10:15:30', '10:15:35']);
    assert.equal(world.timers.start('another'), false);
  });

  it('continues after a run that failed', async (t) => {
    t.mock.method(console, 'error', () => undefined);
    const world = runningTimer('*/10 * * * * *', { fails: true });

    await world.passMs(20_000);

    assert.deepEqual(world.runs, ['10:15:40', '10:15:50']);
  });

  it('waits for the run under way when it stops, and begins no other run', async () => {
    const world = runningTimer('*/10 * * * * *', { runMs: 5_000 });
    await world.passMs(10_000);
    world.timers.start('timer');

    const closed = world.timers.close().then(() => world.runs.push('closed'));
    await world.passMs(60_000);
    await closed;

    assert.deepEqual(world.runs, ['10:15:40', 'closed']);
  });

  it('refuses a schedule that it cannot read before anything runs', () => {
    assert.throws(() => timersOf([timer('never', () => ({}))]), /Cannot read schedule "never"/);
  });
});

function timer(schedule: string, invoke: RegisteredFunction['invoke']): RegisteredFunction {
  const trigger = { type: 'timerTrigger', schedule };
  return { name: 'timer', metadata: { name: 'timer', bindings: { trigger } }, trigger, invoke };
}

function runningTimer(schedule: string, { runMs = 0, fails = false } = {}) {
  const clock = virtualClock();
  const runs: string[] = [];
  const inputs: { readonly isPastDue?: boolean }[] = [];
  const timers = timersOf(
    [
      timer(schedule, async (input) => {
        runs.push(clock.now().toISOString().slice(11, 19));
        inputs.push({ ...(typeof input === 'object' && input) });
        if (runMs > 0) await clock.sleep(runMs, AbortSignal.any([]));
        if (fails) throw new Error('Cannot compact');
        return {};
      }),
    ],
    clock,
  );
  timers.begin();
  return { timers, runs, inputs, passMs: clock.passMs };
}

/** Time that passes on request. Sleepers wake in order. */
function virtualClock(): Clock & { readonly passMs: (ms: number) => Promise<void> } {
  let nowMs = startMs;
  let sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => new Date(nowMs),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleepers.push({ atMs: nowMs + ms, wake: resolve });
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    passMs: async (ms) => {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = sleepers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        sleepers = sleepers.filter((sleeper) => sleeper !== next);
        nowMs = next.atMs;
        next.wake();
        await settle();
      }
      nowMs = endMs;
      await settle();
    },
  };
}
