import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../local/atlas/clock.ts';
import { runBody } from '../../support/atlas-script.ts';
import { fastClock } from '../../support/fast-clock.ts';

describe('fastClock()', () => {
  it('shortens pauses, and shows the time that they seem to take', async () => {
    const clock = fastClock(1000);
    const began = clock.now();

    const ended = await new Promise<string>((resolve) => {
      const unshortened = setTimeout(resolve, 20_000, 'the machine');
      clock.setTimeout(() => {
        clearTimeout(unshortened);
        resolve('the clock');
      }, 20_000);
    });

    assert.equal(ended, 'the clock');
    assert(clock.now() - began >= 19_000);
  });

  it('moves forward at once', () => {
    const clock = fastClock(1);
    const began = clock.now();

    clock.skip(61_000);

    assert(clock.now() - began >= 61_000);
  });

  it('continues from its own time at another pace', () => {
    const clock = fastClock(2);
    clock.skip(61_000);
    const before = clock.now();

    clock.goAt(0.001);

    assert(clock.now() >= before);
    assert(clock.now() - before < 60_000);
  });

  it('gives a function its time', async () => {
    const clock = fastClock(1);
    clock.skip(86_400_000);

    const times = await runBody('return [Date.now(), Number(new Date()), Number(new Date(5))];', { clock });

    const [now = 0, date = 0, given] = [...Object(times)];
    assert(now >= Date.now() + 86_300_000);
    assert(date >= now);
    assert.equal(given, 5);
  });
});

for (const [name, clock] of [
  ['systemClock', systemClock],
  ['fastClock()', fastClock(10)],
] as const) {
  describe(name, () => {
    it('does not ring a timer that was cleared', async () => {
      const rung: string[] = [];
      const timer = clock.setTimeout(() => rung.push('cleared'), 10);
      clock.clearTimeout(timer);

      await new Promise<void>((resolve) => clock.setTimeout(resolve, 30));

      assert.deepEqual(rung, []);
    });
  });
}
