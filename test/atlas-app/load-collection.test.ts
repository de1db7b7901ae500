import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Binary, BSON, Decimal128, EJSON, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp, UUID } from 'bson';
import { loadWorld } from '../support/load-world.ts';
import { problemOf, receiptOf } from '../support/scripted-receiver.ts';
import { snapshotTokens } from '../support/snapshot-tokens.ts';

const orders = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ _id: new Int32(from + index), total: new Int32(index) }));

/** In no order, and of every type that an `_id` may have. */
const mixed = [
  { _id: 'text' },
  { _id: new ObjectId('573a1390f29313caabcd4135') },
  { _id: new Int32(7) },
  { _id: Long.fromString('9007199254740993') },
  { _id: Decimal128.fromString('1.5') },
  { _id: null },
  { _id: { region: 'eu', number: new Int32(1) } },
  { _id: { region: 'eu', number: new Int32(2) } },
  { _id: new UUID('00112233-4455-6677-8899-aabbccddeeff') },
  { _id: new Binary(Buffer.from([1, 2]), 0) },
  { _id: true },
  { _id: false },
  { _id: new Date(1_795_169_730_123) },
  { _id: new Timestamp({ t: 5, i: 1 }) },
  { _id: new MinKey() },
  { _id: new MaxKey() },
  { _id: '$total' },
  { _id: '' },
];

describe('loadCollection()', () => {
  it('loads every document, and says so', async () => {
    const world = loadWorld();
    await world.put(orders(2500));

    const { logs, operations } = await world.tick();

    assert.deepEqual(world.latest(), await world.collection());
    assert.partialDeepStrictEqual(world.state(), {
      ...{ state: 'done', documents: 2500, refused: 0, estimated: 2500, percent: 100, secondsLeft: 0, reason: '' },
      t0: Math.floor(world.atlas.clock.now() / 1000) - 10,
    });
    assert.equal(logs.length, 1);
    assert.partialDeepStrictEqual(JSON.parse(logs[0] ?? ''), { namespace: 'shop.orders', loaded: 2500, state: 'done' });
    assert(operations < 60, `${operations} operations`);
  });

  it('makes snapshot events, and posts them as an array', async () => {
    const world = loadWorld();
    await world.put([{ _id: new Int32(1), total: new Int32(5) }]);

    await world.tick();

    const [told] = world.atlas.receiver.told;
    const t0 = Number(world.state()['t0']);
    assert.deepEqual(JSON.parse(told?.body ?? ''), [
      {
        _id: { _data: world.lines()[0]?.['sequence'] },
        ...{ operationType: 'insert', snapshot: true, clusterTime: { $timestamp: { t: t0, i: 0 } } },
        ns: { db: 'shop', coll: 'orders' },
        documentKey: { _id: { $numberInt: '1' } },
        fullDocument: { _id: { $numberInt: '1' }, total: { $numberInt: '5' } },
      },
    ]);
  });

  it('has the tokens of docs/lake.md', async () => {
    for (const { db, coll, seconds, documentKey, token } of snapshotTokens()) {
      const world = loadWorld();
      const shardKey = Object.keys(documentKey);
      world.want({ database: db, collection: coll, ...(shardKey.length === 1 ? {} : { shardKey }) });
      world.atlas.clock.skip((seconds + 10) * 1000 - world.atlas.clock.now());
      const operations = world.atlas.database.collection(db, coll);
      await operations.run('write', (documents) => documents.set('one', bsonOf(documentKey)));

      await world.tick();

      assert.partialDeepStrictEqual(JSON.parse(world.atlas.receiver.told[0]?.body ?? ''), [
        { _id: { _data: token }, documentKey },
      ]);
    }
  });

  it('loads documents with every type of `_id`', async () => {
    const world = loadWorld();
    await world.put(mixed);

    await world.tick();

    assert.equal(world.state()['documents'], mixed.length);
    assert.deepEqual(world.latest(), await world.collection());
  });

  it('takes one look when there is nothing to do', async () => {
    const world = loadWorld();
    await world.tick();

    const { operations, logs } = await world.tick();

    assert.deepEqual({ operations, logs }, { operations: 1, logs: [] });
  });

  it('does nothing at all without the Value', async () => {
    const world = loadWorld();
    world.want();

    const { operations, logs } = await world.tick();

    assert.deepEqual({ operations, logs }, { operations: 0, logs: [] });
  });

  it('is done with a collection that is empty, or not there', async () => {
    const world = loadWorld();

    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 0, estimated: 0, percent: 100 });
  });

  it('goes on at the next tick, from the last page that is durable', async () => {
    const world = loadWorld();
    await world.put(orders(30));
    world.atlas.receiver.act(world.receiver, world.receiver, problemOf(503, 'storage-failed'));

    await world.tick();
    const halfway = world.state();
    world.atlas.receiver.act(world.receiver);
    await world.tick();

    assert.partialDeepStrictEqual(halfway, { state: 'running', documents: 20, reason: 'answered 503 storage-failed' });
    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 30, reason: '' });
    assert.deepEqual(world.latest(), await world.collection());
  });

  it('stays within the limits of an invocation, and ends before Atlas ends it', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', documentsPerSecond: 10 });
    await world.put(orders(1500));
    const began = world.atlas.clock.now();

    const { operations } = await world.tick();

    assert(world.atlas.clock.now() - began < 100_000);
    assert(operations < 1000);
    assert(Number(world.state()['documents']) <= 550, `${world.state()['documents']} documents in 45 s`);
    assert(Number(world.state()['documents']) >= 300, `${world.state()['documents']} documents in 45 s`);
  });

  it('keeps to a rate over many ticks', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', documentsPerSecond: 0.05 });
    await world.put(orders(10));

    for (let minutes = 0; minutes < 3; minutes++) {
      await world.tick();
      world.atlas.clock.skip(60_000 - (world.atlas.clock.now() % 60_000));
    }

    const documents = Number(world.state()['documents']);
    assert(documents >= 6 && documents <= 12, `${documents}`);
  });
});

describe('loadCollection(): what the receiver says', () => {
  it('halves a page that is too large, to the last document', async () => {
    const world = loadWorld();
    await world.put(orders(100));
    world.atlas.receiver.act((told) => (told.events.length > 3 ? { status: 413 } : Object(world.receiver)(told)));

    await world.finish();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 100, refused: 0 });
    assert.deepEqual(world.latest(), await world.collection());
  });

  it('loads documents of almost 16 MB, each in a page of its own', async () => {
    const world = loadWorld();
    const text = 'x'.repeat(15_900_000);
    await world.put([1, 2].map((_id) => ({ _id: new Int32(_id), text })));

    await world.finish();

    assert.equal(world.files.size, 2);
    assert.deepEqual(world.latest(), await world.collection());
  });

  it('keeps a document that no request can carry in the outbox, reports it, and goes on', async () => {
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

  it('keeps events that the receipt refuses, with their reason', async () => {
    const world = loadWorld();
    await world.put(orders(2));
    world.atlas.receiver.act(receiptOf(['stored', 'refused'], 'Cannot read change event: no'));

    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 2, refused: 1 });
    assert.partialDeepStrictEqual(world.atlas.outbox(), [{ state: 'refused', reason: 'Cannot read change event: no' }]);
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
});

describe('loadCollection(): the Value initialLoads', () => {
  it('names each mistake in the log, and loads all other entries', async () => {
    const world = loadWorld();
    world.want(
      { database: 'shop' },
      { database: 'shop', collection: 'orders' },
      { database: 'shop', collection: 'orders', filter: { a: 1 } },
      { database: 'shop', collection: 'x', filtr: {} },
      { database: 'shop', collection: 'y', documentsPerSecond: '5' },
      { database: 'shop', collection: 'z', paused: 'yes' },
      { database: 'atlas_lake_sync', collection: 'outbox' },
      'shop.orders',
    );
    await world.put(orders(3));

    const { logs } = await world.tick();

    const mistakes = logs.map((line) => JSON.parse(line).mistake).filter((mistake) => typeof mistake === 'string');
    assert.deepEqual(mistakes, [
      'initialLoads[0] (shop): collection must be a text',
      'initialLoads[2] (shop.orders): the collection must have one entry: this is another one',
      'initialLoads[3] (shop.x): unknown field "filtr"',
      'initialLoads[4] (shop.y): documentsPerSecond must be a number above 0',
      'initialLoads[5] (shop.z): paused must be true or false',
      'initialLoads[6] (atlas_lake_sync.outbox): database must be another than atlas_lake_sync',
      'initialLoads[7]: an entry must be an object',
    ]);
    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 3 });
  });

  it('loads only what the filter lets through', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', filter: { total: { $gte: { $numberInt: '4' } } } });
    await world.put(orders(8));

    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 4, estimated: 4 });
  });

  it('pauses and resumes', async () => {
    const world = loadWorld();
    await world.put(orders(10));
    world.atlas.receiver.act(world.receiver, problemOf(503, 'busy'));
    await world.tick();

    world.want({ database: 'shop', collection: 'orders', paused: true });
    world.atlas.receiver.act(world.receiver);
    await world.tick();
    const paused = world.state();
    world.want({ database: 'shop', collection: 'orders', paused: false });
    await world.tick();

    assert.partialDeepStrictEqual(paused, { state: 'paused', documents: 4 });
    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 10, t0: paused['t0'] });
  });

  it('logs ten mistakes, and how many more there are', async () => {
    const world = loadWorld();
    world.want(...Array.from({ length: 13 }, () => 'shop.orders'));

    const { logs } = await world.tick();

    const lines = logs.map((line) => JSON.parse(line));
    assert.equal(lines.filter(({ mistake }) => mistake !== undefined).length, 10);
    assert.equal(lines.find(({ moreMistakes }) => moreMistakes !== undefined)?.moreMistakes, 3);
  });

  it('forgets when the load before was finished, once it begins again', async () => {
    const world = loadWorld();
    await world.put(orders(3));
    await world.tick();
    assert(world.state()['finishedAt'] instanceof Date);

    world.want({ database: 'shop', collection: 'orders', restart: 1, paused: true });
    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'paused', finishedAt: null });
  });

  it('begins again, with a new T0, when `restart` differs', async () => {
    const world = loadWorld();
    await world.put(orders(3));
    await world.tick();
    const before = world.state();

    world.want({ database: 'shop', collection: 'orders', restart: 1 });
    await world.tick();
    const after = world.state();
    await world.tick();

    assert(Number(after['t0']) > Number(before['t0']));
    assert.partialDeepStrictEqual(after, { state: 'done', documents: 3 });
    assert.deepEqual(world.state(), after);
    assert.equal(world.lines().length, 6);
  });

  it('puts the fields of a sharded key before `_id`', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', shardKey: ['region', 'customer.id'] });
    await world.put([
      { _id: 'a', customer: { id: 'c' }, region: 'eu' },
      { _id: 'b', region: 'us' },
    ]);

    await world.tick();

    assert.deepEqual(
      // A batch file orders its lines by `sequence`.
      new Set(world.lines().map(({ documentKey }) => JSON.stringify(documentKey))),
      new Set(['{"region":"eu","customer.id":"c","_id":"a"}', '{"region":"us","_id":"b"}']),
    );
  });
});

describe('loadCollection(): what is no collection', () => {
  for (const [kind, word] of [
    ['view', /it is a view/],
    ['time-series', /time series/],
  ] as const) {
    it(`fails for a ${kind}, with a clear word, and loads others`, async () => {
      const world = loadWorld();
      await world.atlas.database.define('shop', 'sums', kind);
      world.want({ database: 'shop', collection: 'sums' }, { database: 'shop', collection: 'orders' });
      await world.put(orders(1), 'sums');

      const { logs } = await world.tick();

      assert.equal(world.state('shop.sums')['state'], 'failed');
      assert.match(String(world.state('shop.sums')['reason']), word);
      assert.match(logs.join('\n'), word);
      assert.equal(world.state()['state'], 'done');
      assert.equal(world.lines().length, 0);
    });
  }

  it('fails as clearly when only the server says so', async () => {
    const world = loadWorld();
    world.atlas.database.around = (operation, name, run) =>
      operation === 'read' && (name === 'system.views' || name === 'orders')
        ? Promise.reject(new Error('CommandNotSupportedOnView: Namespace shop.orders is a view, not a collection'))
        : run();

    await world.tick();

    assert.equal(world.state()['state'], 'failed');
    assert.match(String(world.state()['reason']), /it is a view/);
  });

  it('goes on at the next tick when the server is away for a moment', async () => {
    const world = loadWorld();
    await world.put(orders(3));
    world.atlas.database.around = (operation, name, run) =>
      operation === 'read' && name === 'orders' ? Promise.reject(new Error('not primary')) : run();
    await world.tick();
    const meanwhile = world.state();
    world.atlas.database.around = (_operation, _name, run) => run();

    await world.tick();

    assert.partialDeepStrictEqual(meanwhile, {
      state: 'running',
      reason: 'the collection must be readable: not primary',
    });
    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 3 });
  });
});

function bsonOf(documentKey: object): Uint8Array {
  const document: unknown = EJSON.parse(JSON.stringify(documentKey), { relaxed: false });
  return BSON.serialize(Object(document));
}
