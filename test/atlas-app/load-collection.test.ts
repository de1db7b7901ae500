import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Binary, BSON, Decimal128, Double, EJSON, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp, UUID } from 'bson';
import { loadWorld } from '../support/load-world.ts';
import { problemOf } from '../support/scripted-receiver.ts';
import { snapshotTokens } from '../support/snapshot-tokens.ts';

const orders = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ _id: new Int32(from + index), total: new Int32(index) }));

/** Unordered, with every type that an `_id` may have. */
const mixed = [
  { _id: 'text' },
  { _id: new ObjectId('573a1390f29313caabcd4135') },
  { _id: new Int32(7) },
  { _id: Long.fromString('9007199254740993') },
  { _id: Decimal128.fromString('1.5') },
  { _id: new Double(Number.NaN) },
  { _id: new Double(-Infinity) },
  { _id: new Double(-0.5) },
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

  for (const LAKE_FILES of ['event', 'batch'])
    it(`has its pages as batch files in the hour of T0, LAKE_FILES=${LAKE_FILES}`, async () => {
      const world = loadWorld({ LAKE_FILES });
      await world.put(orders(20));
      const now = new Date(world.atlas.clock.now());
      // Five seconds after the full hour. So T0 is in the hour before.
      world.atlas.clock.skip(3_605_000 - (now.getTime() % 3_600_000));

      await world.tick();

      const t0 = Number(world.state()['t0']);
      const hour = now.toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d+).*$/, 'year=$1/month=$2/day=$3/hour=$4');
      const paths = [...world.files.keys()];
      assert.deepEqual(
        paths.map((path) => path.replace(/[0-9a-f]{16}\.jsonl$/, '….jsonl')),
        [4, 16].map((size) => `shop/orders/${hour}/change-${t0}-0000000000-${size}-….jsonl`),
      );
    });

  it('never holds more than 8 MB of documents, or four, if large documents follow small ones', async () => {
    const world = loadWorld();
    const text = 'x'.repeat(700_000);
    await world.put([...orders(400), ...orders(20, 400).map((order) => ({ ...order, text })), ...orders(300, 420)]);
    const held: number[] = [];

    await world.tick(async (_step, run) => {
      const result = await run();
      if (Array.isArray(result)) held.push(result.reduce((sum, one) => sum + BSON.calculateObjectSize(Object(one)), 0));
      return result;
    });

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 720 });
    assert.deepEqual(world.latest(), await world.collection());
    assert(Math.max(...held) > 5_000_000, 'a page is filled');
    assert(Math.max(...held) <= 8_000_000, `${Math.max(...held)} bytes`);
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

  it('looks once if there is nothing to do', async () => {
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

  it('continues at the next tick, from the last durable page', async () => {
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

  it('stops behind an invocation that is further, and leaves its position', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', documentsPerSecond: 10 });
    await world.put(orders(1500));
    let further: unknown;

    await world.tick(async (step, run) => {
      const done = await run();
      // The first page is read. Before it is sent, another invocation loads many.
      if (step === 'read' && further === undefined && world.state()['run'] !== undefined) {
        further = null;
        await world.tick();
        further = world.state()['position'];
      }
      return done;
    });

    assert.notDeepEqual(further ?? null, null);
    assert.deepEqual(world.state()['position'], further);
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

  it('has the progress of a load in its state and in the log line', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', documentsPerSecond: 1 });
    await world.put(orders(200));

    const { logs } = await world.tick();

    const { documents, rate, percent, secondsLeft, estimated } = world.state();
    assert.deepEqual([documents, estimated, percent], [54, 200, 27]);
    assert(Number(rate) > 0.5 && Number(rate) < 2, `${rate} a second`);
    assert.equal(secondsLeft, Math.round(146 / Number(rate)));
    assert.equal(logs.length, 1);
    assert.partialDeepStrictEqual(JSON.parse(logs[0] ?? ''), {
      ...{ namespace: 'shop.orders', state: 'running', loaded: 54, documents: 54, percent: 27, refused: 0, running: 1 },
      ...{ reason: '', mistakes: 0 },
    });
  });

  it('says in its state and in the log line that a finished load is complete, also if the collection shrinks', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', paused: true });
    const [gone = {}, ...others] = orders(25);
    await world.put([gone, ...others]);
    await world.tick();
    await world.write('delete', gone);
    world.want({ database: 'shop', collection: 'orders' });

    const { logs } = await world.tick();

    const whole = { state: 'done', documents: 24, percent: 100, secondsLeft: 0 };
    assert.partialDeepStrictEqual(world.state(), { ...whole, estimated: 25 });
    assert.partialDeepStrictEqual(JSON.parse(logs[0] ?? ''), whole);
  });

  it('has no percentage over 100 if the collection grows', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', documentsPerSecond: 1 });
    await world.put(orders(5));
    await world.tick(async (step, run) => {
      const result = await run();
      const more = orders(5, world.atlas.receiver.told.length * 10);
      if (step === 'post') await world.atlas.clock.whileStanding(() => world.put(more));
      return result;
    });

    assert.partialDeepStrictEqual(world.state(), { state: 'running', estimated: 5, percent: 100, secondsLeft: 0 });
  });

  it('keeps to a rate that is lower than a document a tick', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', documentsPerSecond: 0.01 });
    await world.put(orders(10));

    for (let minutes = 0; minutes < 10; minutes++) {
      await world.tick();
      world.atlas.clock.skip(60_000 - (world.atlas.clock.now() % 60_000));
    }

    const documents = Number(world.state()['documents']);
    assert(documents >= 5 && documents <= 7, `${documents} in 600 s`);
  });

  it('continues at full speed at the next tick after a person removes the limit', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', documentsPerSecond: 0.0001 });
    await world.put(orders(10));
    await world.tick();

    world.want({ database: 'shop', collection: 'orders' });
    world.atlas.clock.skip(60_000);
    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 10 });
  });
});

function bsonOf(documentKey: object): Uint8Array {
  const document: unknown = EJSON.parse(JSON.stringify(documentKey), { relaxed: false });
  return BSON.serialize(Object(document));
}
