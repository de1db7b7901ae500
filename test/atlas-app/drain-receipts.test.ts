import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BSON } from 'bson';
import type { Doing } from '../support/nearby-receiver.ts';
import { atlasThatKeeps, eventAt, refusedIn, sentBy, waitingIn } from '../support/outbox-entries.ts';
import { problemOf, type Reply, receiptOf, storeAll } from '../support/scripted-receiver.ts';

describe('drainOutbox(): the outcome of each event in a receipt', () => {
  it('removes the events that are stored or already stored, and no others', async () => {
    const atlas = await atlasThatKeeps(5);
    atlas.receiver.act(receiptOf(['stored', 'failed', 'alreadyStored', 'refused', 'stored']));

    const { result } = await atlas.drain();

    assert.deepEqual({ waiting: waitingIn(atlas), refused: refusedIn(atlas) }, { waiting: [2], refused: [4] });
    assert.partialDeepStrictEqual(result, {
      delivered: 3,
      failed: 1,
      newlyRefused: 1,
      waiting: 1,
      refused: 1,
      posts: 1,
    });
  });

  it('removes nothing before the receipt is there', async () => {
    const atlas = await atlasThatKeeps(3);
    const kept = atlas.outbox();
    let keptMeanwhile: unknown;
    atlas.receiver.act(async (told) => {
      await atlas.clock.pause(20_000);
      keptMeanwhile = atlas.outbox();
      return storeAll(told);
    });

    await atlas.drain();

    assert.deepEqual(keptMeanwhile, kept);
    assert.deepEqual(atlas.outbox(), []);
  });

  it('believes the outcomes in the receipt, not the status 200', async () => {
    const atlas = await atlasThatKeeps(3);
    atlas.receiver.act({ ...receiptOf(['stored', 'failed', 'refused']), status: 200 });

    await atlas.drain();

    assert.deepEqual({ waiting: waitingIn(atlas), refused: refusedIn(atlas) }, { waiting: [2], refused: [3] });
  });

  it('keeps refused events with their own reasons, and does not send them again', async () => {
    const atlas = await atlasThatKeeps(6);
    const reasons = ['no token', 'no time', undefined, 'no token', undefined, 'no type'];
    atlas.receiver.act(refusing(reasons), storeAll);

    await atlas.drain();
    atlas.clock.skip(3_600_000);
    await atlas.drain();

    assert.deepEqual(
      atlas.outbox().map(({ state, reason }) => [state, reason]),
      reasons.filter((reason) => reason !== undefined).map((reason) => ['refused', reason]),
    );
    assert.equal(atlas.receiver.told.length, 1);
  });

  it('keeps the text of refused events', async () => {
    const atlas = await atlasThatKeeps(2);
    const [kept] = atlas.outbox();
    atlas.receiver.act(receiptOf(['refused', 'stored']));

    await atlas.drain();

    const [refused] = atlas.outbox();
    assert.deepEqual(refused?.['text'], kept?.['text']);
  });

  it('continues if a request stored some, and treats the receiver as healthy', async () => {
    const atlas = await atlasThatKeeps(5, { lakeBatchEvents: 2 });
    atlas.receiver.act(receiptOf(['failed', 'stored']), storeAll);

    await atlas.drain();
    await atlas.forward(eventAt(9));

    assert.deepEqual(sentBy(atlas), [[1, 2], [3, 4], [5], [9]]);
    assert.deepEqual(waitingIn(atlas), [1]);
  });

  it('treats a receiver that refuses everything as healthy', async () => {
    const atlas = await atlasThatKeeps(2, { lakeBatchEvents: 1 });
    atlas.receiver.act(receiptOf(['refused']));

    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[1], [2]]);
    assert.deepEqual(refusedIn(atlas), [1, 2]);
  });

  it('does not forget that the receiver failed while it stores only some', async () => {
    const atlas = await atlasThatKeeps(3);
    atlas.receiver.act('reset', receiptOf(['stored', 'stored', 'failed']), storeAll);

    await atlas.drain();
    atlas.clock.skip(6_000);
    await atlas.drain();
    await atlas.forward(eventAt(9));

    assert.deepEqual(sentBy(atlas), [
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('removes durable events, even if another drain marked them refused', async () => {
    const atlas = await atlasThatKeeps(2);
    const outbox = atlas.database.collection('atlas_lake_sync', 'outbox');
    atlas.receiver.act(() => {
      void outbox.run('write', (documents) => {
        for (const [id, bytes] of documents) documents.set(id, refused(bytes));
      });
      return receiptOf(['stored', 'stored']);
    });

    await atlas.drain();

    assert.deepEqual(atlas.outbox(), []);
  });

  it('forgets that the receiver failed as soon as it stores', async () => {
    const atlas = await atlasThatKeeps(3);
    atlas.receiver.act('reset', receiptOf(['stored', 'stored', 'stored']), storeAll);

    await atlas.drain();
    atlas.clock.skip(6_000);
    await atlas.drain();
    await atlas.forward(eventAt(9));

    assert.deepEqual(sentBy(atlas), [[1, 2, 3], [1, 2, 3], [9]]);
  });
});

describe('drainOutbox(): a request that failed as a whole', () => {
  const twoStored = JSON.parse(receiptOf(['stored', 'stored']).body ?? '');
  const failures: Record<string, [Doing, string]> = {
    '500': [{ status: 500 }, 'answered 500'],
    '401': [problemOf(401, 'not-authentic'), 'answered 401 not-authentic'],
    '403 of a stopped app': [{ status: 403, body: 'This web app is stopped.' }, 'answered 403'],
    '404': [{ status: 404 }, 'answered 404'],
    '429': [{ status: 429, headers: { 'retry-after': '5' } }, 'answered 429'],
    '302 to a login page': [{ status: 302, headers: { location: 'https://login.test' } }, 'answered 302'],
    '503 without a receipt': [problemOf(503, 'busy'), 'answered 503 busy'],
    '503 that stored nothing': [receiptOf(['failed', 'failed']), 'answered 503'],
    '400 without a receipt': [problemOf(400, 'not-json'), 'answered 400 not-json'],
    'a login page with 200': [{ status: 200, body: '<html>Sign in</html>' }, 'answered 200 without a receipt'],
    'an empty 200': [{ status: 200 }, 'answered 200 without a receipt'],
    'a true receipt with 500': [{ ...receiptOf(['stored', 'stored']), status: 500 }, 'answered 500'],
    'a receipt for fewer events': [receiptOf(['stored']), 'answered 200 without a receipt'],
    'a receipt for more events': [receiptOf(['stored', 'stored', 'stored']), 'answered 200 without a receipt'],
    'a receipt whose numbers do not add up': [jsonOf({ ...twoStored, stored: 1 }), 'answered 200 without a receipt'],
    'a receipt without events': [jsonOf({ ...twoStored, events: undefined }), 'answered 200 without a receipt'],
    'events of no outcome': [jsonOf({ ...twoStored, events: [{}, {}] }), 'answered 200 without a receipt'],
    'events that are null': [jsonOf({ ...twoStored, events: [null, null] }), 'answered 200 without a receipt'],
    'JSON that is null': [{ status: 200, body: 'null' }, 'answered 200 without a receipt'],
    'a receipt cut short': [cutShort(receiptOf(['stored', 'stored'])), 'answered 200 without a receipt'],
    'a connection that breaks': ['reset', 'no connection: reset'],
    'no answer': ['hang', 'no answer within 28 s'],
  };
  for (const [name, [doing, reason]] of Object.entries(failures)) {
    it(`leaves every event, stops, and later events do not wait: ${name}`, async () => {
      const atlas = await atlasThatKeeps(4, { lakeBatchEvents: 2 });
      const texts = atlas.outbox().map(({ text }) => text);
      atlas.receiver.act(doing, storeAll);

      const { result } = await atlas.drain();
      await atlas.forward(eventAt(9));

      assert.partialDeepStrictEqual(result, { delivered: 0, failed: 2, posts: 1, reason, waiting: 4 });
      assert.deepEqual(waitingIn(atlas), [1, 2, 3, 4, 9]);
      assert.deepEqual(
        atlas
          .outbox()
          .slice(0, 4)
          .map(({ text }) => text),
        texts,
      );
      assert.deepEqual(
        atlas
          .outbox()
          .slice(0, 3)
          .map((entry) => entry['reason']),
        [reason, reason, 'buffered'],
      );
      assert.equal(atlas.receiver.told.length, 1);
    });
  }
});

/** Stores the event if no reason is given. */
function refusing(reasons: readonly (string | undefined)[]): Reply {
  const events = reasons.map((reason) =>
    reason === undefined ? { outcome: 'stored', path: 'p' } : { outcome: 'refused', reason },
  );
  const refused = reasons.filter((reason) => reason !== undefined).length;
  return jsonOf({ stored: events.length - refused, alreadyStored: 0, refused, failed: 0, events }, 400);
}

function jsonOf(body: unknown, status = 200): Reply {
  return { status, body: JSON.stringify(body) };
}

function cutShort({ status, body = '' }: Reply): Reply {
  return { status, body: body.slice(0, -1) };
}

function refused(bytes: Uint8Array): Uint8Array {
  return BSON.serialize({ ...BSON.deserialize(bytes), state: 'refused' });
}
