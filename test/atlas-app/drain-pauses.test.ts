import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventsFrom, keepEntries, numbersOf, sentBy, waitingIn } from '../support/outbox-entries.ts';
import { receiptOf, storeAll, type Told } from '../support/scripted-receiver.ts';
import { timelessAtlas } from '../support/timeless-atlas.ts';

describe('drainOutbox(): pauses', () => {
  it('waits 5, 10, 20 … 600 s before it sends failed events again', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 1));
    atlas.receiver.act('reset');

    for (const seconds of [5, 10, 20, 40, 80, 160, 320, 600, 600, 600]) {
      const before = atlas.receiver.told.length;
      await atlas.drain();
      atlas.clock.skip(seconds * 1_000 - 1);
      await atlas.drain();
      assert.equal(atlas.receiver.told.length, before + 1, `${seconds} s`);
      atlas.clock.skip(1);
    }
    atlas.receiver.act(storeAll);
    await atlas.drain();

    assert.deepEqual(atlas.outbox(), []);
  });

  it('sends events that never failed while the others wait', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 2));
    atlas.receiver.act('reset', storeAll);

    await atlas.drain();
    await keepEntries(atlas, eventsFrom(3, 2));
    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual(waitingIn(atlas), [1, 2]);
  });

  it('gives each failed event its own pause', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 1), { tries: 2 });
    await keepEntries(atlas, eventsFrom(2, 1));
    atlas.receiver.act('reset', storeAll);

    await atlas.drain();
    atlas.clock.skip(5_000);
    await atlas.drain();
    atlas.clock.skip(15_000);
    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[1, 2], [2], [1]]);
  });

  it('sends no event more than three times in one invocation, for any number of new events', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 2));
    atlas.receiver.act(async ({ events }) => {
      const next = eventsFrom(atlas.receiver.told.length * 2 + 1, 2);
      await atlas.clock.whileStanding(() => keepEntries(atlas, next));
      await atlas.clock.pause(1_000);
      return receiptOf(numbersOf(events).map((number) => (number === 1 ? 'failed' : 'stored')));
    });

    await atlas.drain();

    assert(sentBy(atlas).filter((numbers) => numbers.includes(1)).length <= 3);
  });
});

describe('drainOutbox(): an event that stops every receiver', () => {
  it('is found, and all others are delivered', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 16 });
    await keepEntries(atlas, eventsFrom(1, 40));
    atlas.receiver.act((told) => (hasPoison(told) ? 'reset' : storeAll(told)));

    let drains = 0;
    for (; drains < 30 && waitingIn(atlas).length > 1; drains++) {
      await atlas.drain();
      atlas.clock.skip(60_000);
    }

    assert.deepEqual(waitingIn(atlas), [7]);
    assert(drains < 30);
  });

  it('is finally sent alone, and delivered after the receiver is fixed', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 16 });
    await keepEntries(atlas, eventsFrom(1, 16));
    atlas.receiver.act((told) => (hasPoison(told) ? 'reset' : storeAll(told)));

    for (let drains = 0; drains < 12; drains++) {
      await atlas.drain();
      atlas.clock.skip(600_000);
    }
    const last = sentBy(atlas).at(-1);
    atlas.receiver.act(storeAll);
    await atlas.drain();

    assert.deepEqual(last, [7]);
    assert.deepEqual(atlas.outbox(), []);
  });

  function hasPoison({ events }: Told): boolean {
    return numbersOf(events).includes(7);
  }
});
