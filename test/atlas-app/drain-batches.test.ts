import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { receiverKey } from '../support/atlas.ts';
import { changeEvents, insertOf, tokenOf, withField, withoutField } from '../support/change-events.ts';
import { eventAt, eventsFrom, keepEntries, sentBy, textOfEvent } from '../support/outbox-entries.ts';
import { type TimelessAtlas, timelessAtlas } from '../support/timeless-atlas.ts';

describe('drainOutbox(): batches', () => {
  it('sends the oldest first, at most lakeBatchEvents in a request', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: '3' });
    for (const number of [5, 2, 7, 1, 3, 6, 4]) await keepEntries(atlas, [eventAt(number)]);

    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[1, 2, 3], [4, 5, 6], [7]]);
    assert.deepEqual(atlas.outbox(), []);
  });

  for (const lakeBatchEvents of [undefined, 'many', '0', '1001']) {
    it(`sends at most 1,000 in a request if lakeBatchEvents is ${JSON.stringify(lakeBatchEvents)}`, async () => {
      const atlas = timelessAtlas({ lakeBatchEvents });
      await keepEntries(atlas, eventsFrom(1, 1001));

      await atlas.drain();

      assert.deepEqual(sizesBy(atlas), [1000, 1]);
    });
  }

  it('sends about 8 MB in a request, and a larger event alone', async () => {
    const atlas = timelessAtlas();
    const sizes = [3, 3, 3, 9, 3, 3];
    for (const [index, megabytes] of sizes.entries()) await keepEntries(atlas, [largeEvent(index + 1, megabytes)]);

    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[1, 2], [3], [4], [5, 6]]);
  });

  it('sends the texts as they were kept, byte for byte', async () => {
    const atlas = timelessAtlas();
    const events = [
      changeEvents.update,
      changeEvents.delete,
      insertOf({ _id: 'é €\u0000 😀', big: { $numberLong: '9007199254740993' } }),
    ];
    for (const event of events) await atlas.buffer(event);

    await atlas.drain();

    const [one] = atlas.receiver.told;
    assert.equal(one?.body, `[${events.toSorted(byToken).map(textOfEvent).join(',')}]`);
  });

  it('sends one event as an object, under the id that it has when it is forwarded', async () => {
    const atlas = timelessAtlas();
    await atlas.buffer(changeEvents.insert);

    await atlas.drain();
    await atlas.forward(changeEvents.insert);

    const [drained, forwarded] = atlas.receiver.told;
    const digest = createHash('sha256').update(tokenOf(1)).digest('hex');
    assert.equal(drained?.body, textOfEvent(changeEvents.insert));
    assert.equal(drained.headers['webhook-id'], `evt_${digest.slice(0, 32)}`);
    assert.equal(forwarded?.headers['webhook-id'], drained.headers['webhook-id']);
  });

  it('gives the same events the same batch id in the next drain, and other events another id', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 2 });
    await keepEntries(atlas, eventsFrom(1, 4));
    atlas.receiver.act('reset', 'reset');

    await atlas.drain();
    atlas.clock.skip(60_000);
    atlas.receiver.act('reset');
    await atlas.drain();
    atlas.clock.skip(60_000);
    atlas.receiver.act();
    await atlas.drain();

    const ids = atlas.receiver.told.map(({ headers }) => headers['webhook-id']);
    const [first = '', , , last] = ids;
    assert.match(first, /^bat_[0-9a-f]{32}$/);
    assert.deepEqual(ids, [first, first, first, last]);
    assert.notEqual(first, last);
  });

  it('signs each request and sends the key', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 2));

    const { result } = await atlas.drain();

    // The receiver takes only signed requests.
    assert.partialDeepStrictEqual(result, { delivered: 2 });
    const [one] = atlas.receiver.told;
    assert.equal(one?.headers['x-functions-key'], receiverKey);
    assert.equal(one.headers['content-type'], 'application/json');
  });

  it('sends events without a token after the others', async () => {
    const atlas = timelessAtlas();
    const tokenless = withoutField(changeEvents.insert, '_id');
    for (const event of [tokenless, eventAt(2), withField(tokenless, '_id', { _data: '' }), eventAt(1)])
      await atlas.buffer(event);

    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[1, 2, NaN, NaN]]);
    assert.deepEqual(atlas.outbox(), []);
  });
});

function sizesBy(atlas: TimelessAtlas): number[] {
  return atlas.receiver.told.map(({ events }) => events.length);
}

function largeEvent(number: number, megabytes: number) {
  return withField(eventAt(number), 'fullDocument', { text: 'x'.repeat(megabytes * 999_000) });
}

function byToken(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
