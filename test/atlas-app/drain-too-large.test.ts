import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Doing } from '../support/nearby-receiver.ts';
import {
  atlasThatKeeps,
  eventAt,
  keepEntries,
  refusedIn,
  sentBy,
  textOfEvent,
  waitingIn,
} from '../support/outbox-entries.ts';
import { problemOf, storeAll, type Told, tooMuchTextOf } from '../support/scripted-receiver.ts';
import type { TimelessAtlas } from '../support/timeless-atlas.ts';

describe('drainOutbox(): a request that is too large', () => {
  it('is made as large as the receiver says, by events', async () => {
    const atlas = await atlasThatKeeps(10);
    atlas.receiver.act((told) => (told.events.length > 4 ? tooMany(4) : storeAll(told)));

    const { result } = await atlas.drain();

    assert.deepEqual(sizesOf(atlas), [10, 4, 4, 2]);
    assert.partialDeepStrictEqual(result, { delivered: 10, failed: 0, posts: 4, reason: '', waiting: 0 });
  });

  it('is made as large as the receiver says, by bytes, to the last byte', async () => {
    const length = textOfEvent(eventAt(1)).length;
    for (let limit = 3 * length; limit < 3 * length + 8; limit++) {
      const atlas = await atlasThatKeeps(5);
      atlas.receiver.act((told) => (bytesOf(told) > limit ? tooManyBytes(limit) : storeAll(told)));

      await atlas.drain();

      // Three texts, two commas and two brackets.
      assert.deepEqual(sizesOf(atlas), limit < 3 * length + 4 ? [5, 2, 2, 1] : [5, 3, 2], `${limit - 3 * length}`);
    }
  });

  it('is halved if no answer names the limit', async () => {
    const atlas = await atlasThatKeeps(8);
    atlas.receiver.act((told) => (told.events.length > 2 ? { status: 413, body: '<html>' } : storeAll(told)));

    await atlas.drain();

    assert.deepEqual(sizesOf(atlas), [8, 4, 1, 1, 1, 1, 2, 2]);
    assert.deepEqual(atlas.outbox(), []);
  });

  for (const count of [2, 3, 5, 8, 13, 64]) {
    it(`is halved until one drain delivers ${count} events to a receiver that takes one at a time`, async () => {
      const atlas = await atlasThatKeeps(count);
      atlas.receiver.act((told) => (told.events.length > 1 ? { status: 413 } : storeAll(told)));

      await atlas.drain();

      assert.deepEqual(atlas.outbox(), []);
    });
  }

  for (const limit of [0, -1, '4', null, 8, 1e9, NaN, {}, 0.5]) {
    it(`still becomes smaller if the named limit is ${JSON.stringify(limit)}`, async () => {
      for (const type of ['too-many-events', 'body-too-large']) {
        const atlas = await atlasThatKeeps(8);
        const problem = problemOf(413, type, { limit });
        atlas.receiver.act((told) => (told.events.length > 2 ? problem : storeAll(told)));

        await drainUntilEmpty(atlas);

        assert.equal(new Set(sentBy(atlas).flat()).size, 8);
      }
    });
  }

  it('forgets the events that are durable, marks the refused ones, and sends the rest again', async () => {
    const atlas = await atlasThatKeeps(6);
    atlas.receiver.act(tooMuchTextOf(['stored', 'failed', 'refused', 'alreadyStored', 'failed', 'stored']), storeAll);

    const { result } = await atlas.drain();

    assert.deepEqual(sentBy(atlas), [
      [1, 2, 3, 4, 5, 6],
      [2, 5],
    ]);
    assert.deepEqual({ waiting: waitingIn(atlas), refused: refusedIn(atlas) }, { waiting: [], refused: [3] });
    assert.partialDeepStrictEqual(result, { delivered: 5, failed: 0, posts: 2, waiting: 0 });
  });

  it('sends all again if the receipt does not add up', async () => {
    const atlas = await atlasThatKeeps(2);
    const { body = '' } = tooMuchTextOf(['stored', 'failed']);
    atlas.receiver.act({ status: 413, body: body.replace('"stored":1', '"stored":2') }, storeAll);

    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[1, 2], [1], [2]]);
  });

  it('leaves the receiver healthy', async () => {
    const atlas = await atlasThatKeeps(4);
    atlas.receiver.act((told) => (told.events.length > 1 ? { status: 413 } : storeAll(told)));

    await atlas.drain();
    await atlas.forward(eventAt(9));

    assert.deepEqual(sentBy(atlas).at(-1), [9]);
  });

  it('is refused only if it holds one event', async () => {
    const atlas = await atlasThatKeeps(4);
    const large = { ...eventAt(2), fullDocument: { text: 'x'.repeat(3_000) } };
    await keepEntries(atlas, [{ ...large, _id: eventAt(5)['_id'] }]);
    atlas.receiver.act((told) => (bytesOf(told) > 2_500 ? tooManyBytes(2_500) : storeAll(told)));

    await atlas.drain();

    assert.deepEqual({ waiting: waitingIn(atlas), refused: refusedIn(atlas) }, { waiting: [], refused: [5] });
    assert.equal(atlas.outbox().at(0)?.['reason'], 'answered 413 body-too-large');
  });
});

describe('drainOutbox(): requests that are too large again and again', () => {
  const fussy: Record<string, Doing> = {
    'one event': (told) => (told.events.length > 1 ? { status: 413 } : storeAll(told)),
    'three events': (told) => (told.events.length > 3 ? { status: 413 } : storeAll(told)),
    'a limit that is a lie': (told) => (told.events.length > 3 ? tooMany(told.events.length - 1) : storeAll(told)),
  };
  for (const [name, doing] of Object.entries(fussy)) {
    it(`send no event more than three times in one invocation, and deliver it by later ones: ${name}`, async () => {
      const atlas = await atlasThatKeeps(200);
      atlas.receiver.act(doing);

      const drains = await drainUntilEmpty(atlas, (told) => {
        const posts = new Map<number, number>();
        for (const number of told.flat()) posts.set(number, (posts.get(number) ?? 0) + 1);
        assert(Math.max(...posts.values()) <= 3);
      });

      assert(drains > 1);
      assert.equal(new Set(sentBy(atlas).flat()).size, 200);
    });
  }

  it('wait with the reason, and let smaller ones pass', async () => {
    const atlas = await atlasThatKeeps(200);
    atlas.receiver.act((told) => (told.events.length > 1 ? { status: 413 } : storeAll(told)));

    const { result } = await atlas.drain();

    const [first, last] = [atlas.outbox().at(0), sentBy(atlas).at(-1)];
    assert.equal(first?.['reason'], 'answered 413');
    assert.deepEqual(last, [200]);
    assert.partialDeepStrictEqual(result, { reason: '', refused: 0 });
  });
});

/** Returns the number of drains. `onSent` gets the requests of each. */
async function drainUntilEmpty(atlas: TimelessAtlas, onSent = (_sent: number[][]) => undefined): Promise<number> {
  for (let drains = 1; drains <= 40; drains++) {
    const before = atlas.receiver.told.length;
    await atlas.drain();
    onSent(sentBy(atlas).slice(before));
    if (atlas.outbox().length === 0) return drains;
    atlas.clock.skip(600_000);
  }
  return assert.fail('the outbox was never empty');
}

function sizesOf(atlas: TimelessAtlas): number[] {
  return atlas.receiver.told.map(({ events }) => events.length);
}

function bytesOf({ body }: Told): number {
  return Buffer.byteLength(body);
}

function tooMany(limit: number) {
  return problemOf(413, 'too-many-events', { limit });
}

function tooManyBytes(limit: number) {
  return problemOf(413, 'body-too-large', { limit });
}
