import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asAtlasPasses } from '../support/atlas.ts';
import { changeEvents, heat, insertOf, tokenOf, withField } from '../support/change-events.ts';
import { fateAt, stepCounter } from '../support/fate.ts';
import { memoryLake } from '../support/lakes-behind.ts';
import { eventAt, eventsFrom, keepEntries, sentBy, textOfEvent, waitingIn } from '../support/outbox-entries.ts';
import { storeAll } from '../support/scripted-receiver.ts';
import { type Around, type TimelessAtlas, timelessAtlas } from '../support/timeless-atlas.ts';

describe('bufferChangeEvent(): keeps', () => {
  it('each event at once, without a request', async () => {
    const atlas = timelessAtlas();

    const { result, logs } = await atlas.buffer(changeEvents.insert);

    assert.partialDeepStrictEqual(result, { function: 'bufferChangeEvent', outcome: 'kept', reason: 'buffered' });
    assert.equal(logs.length, 1);
    assert.deepEqual(atlas.receiver.told, []);
    const [entry] = atlas.outbox();
    assert.partialDeepStrictEqual(entry, {
      _id: tokenOf(1),
      state: 'waiting',
      tries: 0,
      text: textOfEvent(eventAt(1)),
    });
  });

  it('in the form of the entries that these tests use', async () => {
    const [buffered, kept] = [timelessAtlas(), timelessAtlas()];

    await buffered.buffer(eventAt(1));
    await keepEntries(kept, [eventAt(1)]);

    assert.deepEqual(buffered.outbox(), kept.outbox());
  });

  it('a repeated event once, in its first form', async () => {
    const atlas = timelessAtlas();

    await atlas.buffer(eventAt(1));
    await atlas.buffer(withField(eventAt(1), 'fullDocument', { newer: true }));

    assert.deepEqual(
      atlas.outbox().map(({ text }) => text),
      [textOfEvent(eventAt(1))],
    );
  });

  it('nothing of the outbox itself, and nothing that is no event', async () => {
    const atlas = timelessAtlas();
    const own = withField(changeEvents.insert, 'ns', { db: 'atlas_lake_sync', coll: 'outbox' });

    const { result } = await atlas.buffer(own);
    for (const none of ['Hello world!', null, undefined, 5]) await atlas.run('bufferChangeEvent', [none], passing);

    assert.partialDeepStrictEqual(result, { outcome: 'ignored' });
    assert.deepEqual([...atlas.outbox(), ...atlas.receiver.told], []);
  });

  it('events of a database with a name that only begins like its own', async () => {
    const atlas = timelessAtlas();

    await atlas.buffer(withField(changeEvents.insert, 'ns', { db: 'atlas_lake_sync2', coll: 'outbox' }));

    assert.deepEqual(waitingIn(atlas), [1]);
  });
});

describe('bufferChangeEvent(): sends a batch', () => {
  it('with the event that completes it, and one batch only', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 3 });

    for (const event of eventsFrom(1, 7)) await atlas.buffer(event);

    assert.deepEqual(sentBy(atlas), [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assert.deepEqual(waitingIn(atlas), [7]);
  });

  it('of the oldest, and leaves the rest to the next drain', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 3 });
    await keepEntries(atlas, eventsFrom(1, 4));

    for (const event of eventsFrom(5, 3)) await atlas.buffer(event);

    assert.deepEqual(sentBy(atlas), [[1, 2, 3]]);
  });

  it('not before enough events are kept since the last drain', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 3 });
    for (const event of eventsFrom(1, 2)) await atlas.buffer(event);

    await atlas.drain();
    for (const event of eventsFrom(3, 2)) await atlas.buffer(event);
    const before = sentBy(atlas);
    await atlas.buffer(eventAt(5));

    assert.deepEqual(before, [[1, 2]]);
    assert.deepEqual(sentBy(atlas).at(-1), [3, 4, 5]);
  });

  for (const [lakeBatchSeconds, seconds] of [
    [undefined, 60],
    ['10', 10],
    [0, 60],
    [3601, 60],
  ] as const) {
    it(`with the event that comes ${seconds} s after the first, if lakeBatchSeconds is ${lakeBatchSeconds}`, async () => {
      const atlas = timelessAtlas({ lakeBatchSeconds });
      await atlas.buffer(eventAt(1));
      atlas.clock.skip(seconds * 1000 - 1);
      await atlas.buffer(eventAt(2));
      const before = sentBy(atlas);
      atlas.clock.skip(1);

      for (const event of eventsFrom(3, 2)) await atlas.buffer(event);

      assert.deepEqual([before, sentBy(atlas)], [[], [[1, 2, 3]]]);
      assert.deepEqual(waitingIn(atlas), [4]);
    });
  }

  it('not because of events that a drain has sent before', async () => {
    const atlas = timelessAtlas();
    await atlas.buffer(eventAt(1));
    await atlas.drain();
    atlas.clock.skip(60_000);

    await atlas.buffer(eventAt(2));

    assert.deepEqual(waitingIn(atlas), [2]);
  });

  it('only once if many events come when the time is over', async () => {
    const atlas = timelessAtlas();
    await atlas.buffer(eventAt(1));
    atlas.clock.skip(60_000);

    await Promise.all(eventsFrom(2, 10).map((event) => atlas.buffer(event)));

    assert.equal(atlas.receiver.told.length, 1);
  });

  it('only once if many events come at once', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 10 });

    await Promise.all(eventsFrom(1, 10).map((event) => atlas.buffer(event)));

    assert.equal(atlas.receiver.told.length, 1);
    assert.equal(sentBy(atlas).flat().length + waitingIn(atlas).length, 10);
  });

  it('not while the receiver is known to fail', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 2 });
    atlas.receiver.act('hang', storeAll);

    for (const event of eventsFrom(1, 6)) await atlas.buffer(event);

    assert.deepEqual(sentBy(atlas), [[1, 2]]);
    assert.deepEqual(waitingIn(atlas), [1, 2, 3, 4, 5, 6]);
  });

  for (const doing of ['reset', 'hang', { status: 500 }, { status: 200, body: '<html>' }] as const) {
    it(`and keeps everything if that fails: ${JSON.stringify(doing)}`, async () => {
      const atlas = timelessAtlas({ lakeBatchEvents: 2 });
      atlas.receiver.act(doing);
      await atlas.buffer(eventAt(1));

      const { result } = await atlas.buffer(eventAt(2));

      assert.partialDeepStrictEqual(result, { outcome: 'kept' });
      assert.deepEqual(waitingIn(atlas), [1, 2]);
    });
  }

  it('never without an address, and keeps everything', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 1, lakeReceiverUrl: '' });

    await atlas.buffer(eventAt(1));

    assert.deepEqual(waitingIn(atlas), [1]);
  });
});

describe('bufferChangeEvent(): a database that fails', () => {
  it('loses no event, whichever step fails', async () => {
    const { around, steps } = stepCounter();
    await completing(around);

    for (let index = 0; index < steps(); index++)
      for (const fate of ['throws before', 'throws after'] as const) {
        const { atlas, stored } = await completing(fateAt(index, fate));
        assert.deepEqual([...new Set([...stored(), ...waitingIn(atlas)])].toSorted(), [1, 2], `${fate} ${index}`);
      }
    assert(steps() >= 7, `${steps()}`);
  });

  it('sends the event at once if nothing can be kept', async () => {
    const atlas = timelessAtlas();

    const { result } = await atlas.run('bufferChangeEvent', [asAtlasPasses(eventAt(1))], withoutWrites);

    assert.partialDeepStrictEqual(result, { outcome: 'delivered' });
    assert.deepEqual(sentBy(atlas), [[1]]);
  });

  it('throws only if the receiver fails too, and the message has nothing of the event', async () => {
    const atlas = timelessAtlas();
    atlas.receiver.act({ status: 500 });

    const buffering = atlas.run('bufferChangeEvent', [asAtlasPasses(insertOf(heat))], withoutWrites);

    await assert.rejects(buffering, (error) => {
      assert.match(
        String(error),
        /^Error: Cannot keep event [0-9a-f]{16}: the outbox must be writable: .* answered 500$/,
      );
      assert.doesNotMatch(String(error), /Heat|826B/);
      return true;
    });
  });
});

const passing: Around = (_step, run) => run();

const withoutWrites: Around = async (step, run) => {
  if (step === 'write') throw new Error(`E11000 duplicate key error dup key: { _id: "${tokenOf(1)}" } Heat`);
  return await run();
};

/** Buffers the second of two events that make a batch. */
async function completing(around: Around): Promise<{ atlas: TimelessAtlas; stored: () => number[] }> {
  const atlas = timelessAtlas({ lakeBatchEvents: 2 });
  const lake = memoryLake();
  atlas.receiver.act((told) => lake.take(told));
  await atlas.buffer(eventAt(1));
  await atlas.run('bufferChangeEvent', [asAtlasPasses(eventAt(2))], around);
  return { atlas, stored: () => [...lake.stored] };
}
