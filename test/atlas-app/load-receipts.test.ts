import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Int32 } from 'bson';
import { loadWorld } from '../support/load-world.ts';
import { problemOf, receiptOf, type Told, tooMuchTextOf } from '../support/scripted-receiver.ts';

const orders = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ _id: new Int32(from + index), total: new Int32(index) }));

describe('loadCollection(): the answers of the receiver', () => {
  it('halves a page that is too large, to the last document', async () => {
    const world = loadWorld();
    await world.put(orders(100));
    world.atlas.receiver.act((told) => (told.events.length > 3 ? { status: 413 } : Object(world.receiver)(told)));

    await world.finish();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 100, refused: 0 });
    assert.deepEqual(world.latest(), await world.collection());
    const sizes = world.atlas.receiver.told.map(({ events }) => events.length);
    assert.deepEqual(new Set(sizes), new Set([4, 2]));
    assert.equal(sizes.filter((size) => size === 4).length, 1);
  });

  for (const [name, limit, refused, sizeOf] of [
    ['bytes', 3000, problemOf(413, 'body-too-large', { limit: 3000 }), (told: Told) => told.body.length],
    ['events', 10, problemOf(413, 'too-many-events', { limit: 10 }), (told: Told) => told.events.length],
  ] as const)
    it(`keeps to the limit of ${name} in a 413, with full requests`, async () => {
      const world = loadWorld();
      await world.put(orders(100));
      world.atlas.receiver.act((told) => (sizeOf(told) <= limit ? Object(world.receiver)(told) : refused));

      await world.finish();

      assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 100, refused: 0 });
      const sizes = world.atlas.receiver.told.map(sizeOf);
      const accepted = sizes.filter((size) => size <= limit);
      assert.equal(sizes.length - accepted.length, 1);
      assert(Math.max(...accepted) > limit * 0.9, `${sizes}`);
    });

  it('loads documents of almost 16 MB, each in a page of its own', async () => {
    const world = loadWorld();
    const text = 'x'.repeat(15_900_000);
    await world.put([1, 2].map((_id) => ({ _id: new Int32(_id), text })));

    await world.finish();

    assert.equal(world.files.size, 2);
    assert.deepEqual(world.latest(), await world.collection());
  });

  it('keeps a document that no request can carry in the outbox, reports it, and continues', async () => {
    const world = loadWorld();
    await world.put([...orders(5), { _id: new Int32(5), text: 'x'.repeat(2000) }, ...orders(5, 6)]);
    world.atlas.receiver.act((told) =>
      told.body.length > 2000 ? problemOf(413, 'body-too-large', { limit: 2000 }) : Object(world.receiver)(told),
    );

    await world.finish();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 11, refused: 1 });
    assert.partialDeepStrictEqual(world.atlas.outbox(), [{ state: 'refused', reason: 'answered 413 body-too-large' }]);
    assert.equal(world.latest().length, 10);
  });

  it('sends a page again with the same id, so that the receiver can recognise it', async () => {
    const world = loadWorld();
    await world.put(orders(2));
    world.atlas.receiver.act(problemOf(503, 'busy'), world.receiver);

    await world.tick();

    const [first, second, ...others] = world.atlas.receiver.told.map(({ headers, body }) => [
      headers['webhook-id'],
      body,
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(first, second);
    assert.match(String(first?.[0]), /^load_[0-9a-f]{32}$/);
  });

  it('keeps events that the receipt refuses, with their reason', async () => {
    const world = loadWorld();
    await world.put(orders(2));
    world.atlas.receiver.act(receiptOf(['stored', 'refused'], 'Cannot read change event: no'));

    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 2, refused: 1 });
    assert.partialDeepStrictEqual(world.atlas.outbox(), [{ state: 'refused', reason: 'Cannot read change event: no' }]);
  });

  it('stays within 1,000 operations if every document is refused', async () => {
    const world = loadWorld();
    await world.put(orders(1500));
    world.atlas.receiver.act(({ events }) =>
      receiptOf(
        events.map(() => 'refused'),
        'Cannot read change event: no',
      ),
    );
    const used: number[] = [];

    while (world.state()['state'] !== 'done') {
      used.push((await world.tick()).operations);
      world.atlas.clock.skip(60_000);
    }

    assert(Math.max(...used) < 1000, `${used}`);
    assert.partialDeepStrictEqual(world.state(), { documents: 1500, refused: 1500 });
    assert.equal(world.atlas.outbox().length, 1500);
  });

  it('says in the state why it waits if the receiver is not set', async () => {
    const world = loadWorld({}, { lakeReceiverUrl: '' });
    await world.put(orders(2));

    await world.tick();

    assert.match(String(world.state()['reason']), /lakeReceiverUrl/);
    assert.partialDeepStrictEqual(world.state(), { state: 'running', documents: 0 });
  });

  for (const [name, deed] of Object.entries({
    'a login page': { status: 200, body: '<html>' },
    '401': problemOf(401, 'not-authentic'),
    'failed writes': receiptOf(['stored', 'failed']),
    silence: 'hang',
    'a reset': 'reset',
  } as const)) {
    it(`does not move on after ${name}`, async () => {
      const world = loadWorld();
      await world.put(orders(2));
      world.atlas.receiver.act(deed);

      const { logs } = await world.tick();

      assert.partialDeepStrictEqual(world.state(), { state: 'running', documents: 0, position: null });
      assert.match(logs[0] ?? '', /"reason":"[^"]+/);
    });
  }

  it('moves past the documents that a receipt with 413 settles, and sends the rest again', async () => {
    const world = loadWorld();
    await world.put(orders(4));
    const taken = tooMuchTextOf(['stored', 'refused', 'failed', 'stored']);
    world.atlas.receiver.act(taken, world.receiver);

    await world.finish();

    const [, second] = world.atlas.receiver.told;
    assert.deepEqual(
      second?.events.map((event) => Object(event).documentKey._id.$numberInt),
      ['2', '3'],
    );
    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 4, refused: 1 });
    assert.partialDeepStrictEqual(world.atlas.outbox(), [{ state: 'refused' }]);
  });
});
