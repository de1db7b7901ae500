import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { healthCheck } from '../../../shared/app/health.ts';

const start = Date.parse('2026-11-20T10:00:00Z');
const after = (ms: number): Date => new Date(start + ms);

/** A healthy or broken lake that counts its checks. */
function lakeThat(answer: (signal: AbortSignal) => Promise<void>) {
  const lake = {
    asked: 0,
    check: (signal: AbortSignal): Promise<void> => {
      lake.asked += 1;
      return answer(signal);
    },
  };
  return lake;
}

const well = async (): Promise<void> => undefined;
const ill = async (): Promise<void> => {
  throw new Error('the container is gone');
};

const ignore = (): void => undefined;

describe('healthCheck()', () => {
  it('reports whether the lake answers', async () => {
    const isHealthy = await healthCheck(lakeThat(well)).isHealthy(after(0), ignore);
    const isIllWell = await healthCheck(lakeThat(ill)).isHealthy(after(0), ignore);

    assert.equal(isHealthy, true);
    assert.equal(isIllWell, false);
  });

  for (const [kind, answer] of [
    ['is well', well],
    ['fails', ill],
  ] as const) {
    it(`asks a lake that ${kind} once in 30 s`, async () => {
      const lake = lakeThat(answer);
      const check = healthCheck(lake).isHealthy;

      for (let ms = 0; ms < 30_000; ms += 1_000) await check(after(ms), ignore);

      assert.equal(lake.asked, 1);
    });

    it(`asks a lake that ${kind} once when 100 ask at the same time`, async () => {
      const lake = lakeThat(answer);
      const check = healthCheck(lake).isHealthy;

      const answers = await Promise.all(Array.from({ length: 100 }, () => check(after(0), ignore)));

      assert.equal(lake.asked, 1);
      assert.deepEqual([...new Set(answers)], [answer === well]);
    });
  }

  it('checks again after 30 s, and reports the new state', async () => {
    const answers = [ill, well, ill];
    const lake = lakeThat(() => answers[lake.asked - 1]?.() ?? well());
    const check = healthCheck(lake).isHealthy;

    const told = [];
    for (const ms of [0, 29_999, 30_000, 59_999, 60_000]) told.push(await check(after(ms), ignore));

    assert.deepEqual(told, [false, false, true, true, false]);
    assert.equal(lake.asked, 3);
  });

  it('checks again at once after a failed write, and after the next good one', async () => {
    const answers = [well, ill, well];
    const lake = lakeThat(() => answers[lake.asked - 1]?.() ?? well());
    const { isHealthy, noteWrites } = healthCheck(lake);

    const told = [await isHealthy(after(0), ignore)];
    noteWrites([{ outcome: 'stored' }, { outcome: 'failed' }]);
    told.push(await isHealthy(after(1_000), ignore));
    noteWrites([{ outcome: 'failed' }]);
    told.push(await isHealthy(after(2_000), ignore));
    noteWrites([{ outcome: 'stored' }]);
    told.push(await isHealthy(after(3_000), ignore));

    assert.deepEqual(told, [true, false, false, true]);
    assert.equal(lake.asked, 3);
  });

  it('keeps its answer through writes that agree with it', async () => {
    const lake = lakeThat(well);
    const { isHealthy, noteWrites } = healthCheck(lake);

    for (const ms of [0, 1_000, 2_000]) {
      await isHealthy(after(ms), ignore);
      noteWrites([{ outcome: 'stored' }, { outcome: 'alreadyStored' }, { outcome: 'refused' }]);
    }

    assert.equal(lake.asked, 1);
  });

  it('does not ask again before the first answer', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lake = lakeThat(() => promise);
    const check = healthCheck(lake).isHealthy;

    const answers = [check(after(0), ignore), check(after(29_999), ignore)];
    resolve();

    assert.deepEqual(await Promise.all(answers), [true, true]);
    assert.equal(lake.asked, 1);
  });

  it('treats a lake without an answer in 5 s as unhealthy, even if it ignores the signal', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const silent = lakeThat((signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)));
    const dead = lakeThat(() => new Promise(() => undefined));
    const asked = [silent, dead].map((lake) => healthCheck(lake).isHealthy(after(0), ignore));

    t.mock.timers.tick(5_000);

    assert.deepEqual(await Promise.all(asked), [false, false]);
  });

  it('logs the reason, without content, once for each check of the lake', async () => {
    const faults: string[] = [];
    const denied = Object.assign(new Error('canary'), {
      name: 'RestError',
      code: 'AuthorizationFailure',
      statusCode: 403,
    });
    const check = healthCheck(lakeThat(() => Promise.reject(denied))).isHealthy;

    for (const ms of [0, 1_000, 30_000]) await check(after(ms), (fault) => faults.push(fault));

    assert.deepEqual(faults, Array(2).fill('RestError AuthorizationFailure 403'));
  });
});
