import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concurrently } from '../../../shared/async/concurrently.ts';

describe('concurrently()', () => {
  it('keeps the order of the items, whichever ends first', async () => {
    const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());

    const results = concurrently([0, 1, 2], 3, async (index) => {
      await gates[index]?.promise;
      return `item ${index}`;
    });
    for (const gate of gates.toReversed()) gate.resolve();

    assert.deepEqual(await results, ['item 0', 'item 1', 'item 2']);
  });

  it('runs no more at once than the limit', async () => {
    let underWay = 0;
    let most = 0;

    await concurrently(
      Array.from({ length: 50 }, (_, index) => index),
      4,
      async () => {
        most = Math.max(most, ++underWay);
        await new Promise(setImmediate);
        underWay--;
      },
    );

    assert.equal(most, 4);
  });

  it('continues with the others while one is slow', async () => {
    const slow = Promise.withResolvers<void>();
    const done: number[] = [];

    const all = concurrently([0, 1, 2, 3], 2, async (index) => {
      if (index === 0) await slow.promise;
      done.push(index);
      if (index === 3) slow.resolve();
    });

    await all;
    assert.deepEqual(done, [1, 2, 3, 0]);
  });

  it('accepts an empty list', async () => {
    assert.deepEqual(await concurrently([], 4, async () => 1), []);
  });
});
