import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventsFrom, keepEntries, numbersOf, sentBy } from '../support/outbox-entries.ts';
import { receiptOf, storeAll, type Told } from '../support/scripted-receiver.ts';
import { timelessAtlas } from '../support/timeless-atlas.ts';

describe("drainOutbox(): Atlas' limits", () => {
  it('begins no request after 45 s, and leaves the rest to the next drain', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 1 });
    await keepEntries(atlas, eventsFrom(1, 8));
    atlas.receiver.act(async (told) => {
      await atlas.clock.pause(10_000);
      return storeAll(told);
    });
    const beganAt = atlas.clock.now();

    const { result } = await atlas.drain();
    await atlas.drain();

    const seconds = atlas.receiver.told.map(({ atMs }) => (atMs - beganAt) / 1_000);
    assert.deepEqual(seconds.slice(0, 5), [0, 10, 20, 30, 40]);
    assert.partialDeepStrictEqual(result, { delivered: 5, reason: 'out of time', waiting: 3 });
    assert.deepEqual(atlas.outbox(), []);
  });

  it('ends by itself if each request takes its full time', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 1 });
    await keepEntries(atlas, eventsFrom(1, 8));
    atlas.receiver.act(async (told) => {
      await atlas.clock.pause(27_000);
      return storeAll(told);
    });

    const { result } = await atlas.drain();

    assert.partialDeepStrictEqual(result, { delivered: 2, durationMs: 54_000 });
  });

  const cases = [
    { name: 'one event a request', lakeBatchEvents: 1, doing: storeAll },
    { name: '1,000 a request', lakeBatchEvents: 1_000, doing: storeAll },
    { name: 'some refused and some failed', lakeBatchEvents: 7, doing: mixed },
  ];
  for (const { name, lakeBatchEvents, doing } of cases) {
    it(`takes at most 1,000 operations for 5,000 events, and uses nearly all of them: ${name}`, async () => {
      const atlas = timelessAtlas({ lakeBatchEvents });
      for (const tries of [0, 1, 2, 3]) await keepEntries(atlas, eventsFrom(tries * 1_250 + 1, 1_250), { tries });
      atlas.receiver.act(doing);

      const { operations } = await atlas.drain();

      const sent = new Set(sentBy(atlas).flat()).size;
      assert(operations <= 1_000, `${operations}`);
      assert(sent === 5_000 || operations > 850, `${sent} in ${operations}`);
    });
  }

  it('delivers all of many in as many drains as it takes', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 1 });
    await keepEntries(atlas, eventsFrom(1, 400));

    for (let drains = 0; drains < 3; drains++) await atlas.drain();

    assert.deepEqual(
      sentBy(atlas).flat(),
      Array.from({ length: 400 }, (_, index) => index + 1),
    );
    assert.deepEqual(atlas.outbox(), []);
  });

  it('asks little of a database that holds nothing', async () => {
    const atlas = timelessAtlas();

    const { operations } = await atlas.drain();

    assert(operations < 10, `${operations}`);
    assert.deepEqual(atlas.receiver.told, []);
  });
});

function mixed({ events }: Told) {
  return receiptOf(
    numbersOf(events).map((number) => ['stored', 'stored', 'failed', 'refused'][number % 4] ?? 'stored'),
  );
}
