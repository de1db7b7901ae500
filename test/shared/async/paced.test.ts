import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paced } from '../../../shared/async/paced.ts';
import { never } from '../../support/never.ts';

describe('paced()', () => {
  it('gives the event loop a turn between many short tasks, and within a long one', async () => {
    let turns = 0;
    const other = setInterval(() => turns++, 1);

    for (let work = 0; work < 12; work++) await paced(busyFor(4), never);

    clearInterval(other);
    assert(turns >= 3, `${turns}`);
  });

  it('runs one task at each turn, however many there are', async () => {
    let slices = 0;
    const perTurn: number[] = [];
    const works = Array.from({ length: 6 }, () =>
      paced(
        slowSteps(4, () => slices++),
        never,
      ),
    );
    for (let before = 0; slices < 24; before = slices) {
      await new Promise(setImmediate);
      perTurn.push(slices - before);
    }
    await Promise.all(works);

    // They all begin in the first turn.
    assert(
      perTurn.slice(1).every((count) => count <= 2),
      `${perTurn}`,
    );
  });

  it('runs a short task between the slices of long ones', async () => {
    const ended: string[] = [];
    const longs = [1, 2, 3].map(async () => {
      await paced(
        slowSteps(8, () => undefined),
        never,
      );
      ended.push('long');
    });
    await new Promise(setImmediate);

    await paced(busyFor(0), never);
    ended.push('short');
    await Promise.all(longs);

    assert.equal(ended[0], 'short');
  });
});

function* busyFor(ms: number): Generator<void, void, void> {
  yield wait(ms);
}

/** Each step is a whole slice. */
function* slowSteps(count: number, each: () => void): Generator<void, void, void> {
  for (let step = 0; step < count; step++) {
    wait(9);
    each();
    yield;
  }
}

function wait(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}
