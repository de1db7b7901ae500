import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Int32 } from 'bson';
import { loadWorld } from '../support/load-world.ts';

const orders = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ _id: new Int32(from + index), total: new Int32(index) }));

describe('loadCollection(): a namespace that is no collection', () => {
  for (const [kind, word] of [
    ['view', /it is a view/],
    ['time-series', /time series/],
    ['time-series-without-view', /time series/],
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

  it('fails with the same words if only the server knows it', async () => {
    const world = loadWorld();
    world.atlas.database.around = (operation, name, run) =>
      operation === 'read' && (name === 'system.views' || name === 'orders')
        ? Promise.reject(new Error('CommandNotSupportedOnView: Namespace shop.orders is a view, not a collection'))
        : run();

    await world.tick();

    assert.equal(world.state()['state'], 'failed');
    assert.match(String(world.state()['reason']), /it is a view/);
  });

  it('continues at the next tick if the server is away for a moment', async () => {
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

describe('loadCollection(): the estimated number of documents', () => {
  for (const [server, others, estimated] of [
    ['with shards', [{ count: 40 }, { count: 7 }], 50],
    ['that does not tell all counts', [{ count: 40 }, {}], 3],
  ] as const)
    it(`is right with a server ${server}`, async () => {
      const world = loadWorld();
      await world.put(orders(3));

      await world.tick(async (_step, run) => {
        const result = await run();
        if (Array.isArray(result) && result.some((one) => Object.keys(Object(one)).join() === 'count,storageStats'))
          result.push(...others);
        return result;
      });

      assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 3, estimated });
    });
});

/** What a server answers that does not know $bsonSize, or does not allow the aggregation. */
const sizeRefusals = [
  { code: 168, codeName: 'InvalidPipelineOperator', message: "Unrecognized expression '$bsonSize'" },
  { code: 13, codeName: 'Unauthorized', message: 'not authorized on shop to execute command { aggregate: "orders" }' },
  { code: 8000, codeName: 'AtlasError', message: '$bsonSize is not allowed in this atlas tier' },
];

describe('loadCollection() with a server that does not tell the sizes of documents', () => {
  for (const { message, ...fault } of sizeRefusals)
    it(`reads four documents at a time after ${fault.codeName}, and says so`, async () => {
      const world = loadWorld();
      await world.put(orders(30));
      const read: number[] = [];

      const { logs } = await world.tick(async (_step, run) => {
        const result = await run();
        if (!Array.isArray(result)) return result;
        if (result.some((one) => Object.keys(Object(one)).join() === 'bytes'))
          throw Object.assign(new Error(message), fault);
        if (result.some((one) => 'total' in Object(one))) read.push(result.length);
        return result;
      });

      assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 30 });
      assert.deepEqual(world.latest(), await world.collection());
      assert.equal(Math.max(...read), 4);
      assert.match(logs.join(), /a page has 4 documents, because the server must tell their sizes/);
      assert.doesNotMatch(logs.join(), /aggregate|tier/);
    });

  it('fails with a clear word if the server refuses the page too', async () => {
    const world = loadWorld();
    await world.put(orders(30));
    let reads = 0;
    world.atlas.database.around = (operation, name, run) =>
      operation === 'read' && name === 'orders' && ++reads > 3
        ? Promise.reject(new Error('CommandNotSupportedOnView: Namespace shop.orders is a view, not a collection'))
        : run();

    await world.tick();

    assert.equal(world.state()['state'], 'failed');
    assert.match(String(world.state()['reason']), /it is a view/);
  });
});

/** https://github.com/mongodb/specifications/blob/master/source/retryable-writes/retryable-writes.md#terms */
const electionFaults = [
  { code: 10107, codeName: 'NotWritablePrimary', message: 'not primary' },
  { code: 189, codeName: 'PrimarySteppedDown', message: 'Primary stepped down while waiting for replication' },
  { code: 11602, codeName: 'InterruptedDueToReplStateChange', message: 'operation was interrupted' },
  { code: 91, codeName: 'ShutdownInProgress', message: 'The server is in quiesce mode and will shut down' },
];

describe('loadCollection() during an election', () => {
  for (const { message, ...fault } of electionFaults)
    it(`continues at the next tick after ${fault.codeName} at any operation, done or not done`, async () => {
      for (let at = 1; at <= 12; at++)
        for (const isDone of [false, true]) {
          const world = loadWorld();
          await world.put(orders(40));
          let operations = 0;
          world.atlas.database.around = async (operation, _name, run) => {
            operations++;
            if (operations !== at) return await run();
            // A write can have reached the new primary although its answer is lost.
            if (isDone && operation === 'write') await run();
            throw Object.assign(new Error(message), fault, { errorLabels: ['RetryableWriteError'] });
          };

          await world.tick().catch((error) => assert.match(String(error), /Cannot load: the database must answer/));
          world.atlas.clock.skip(60_000);
          await world.finish();

          assert.deepEqual(world.latest(), await world.collection(), `operation ${at}`);
          assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 40, refused: 0 });
        }
    });
});

describe('loadCollection() of a collection with a collation', () => {
  it('neither skips nor repeats a document whose `_id` sorts in another way than its bytes', async () => {
    const world = loadWorld();
    const ids = [
      'Zebra',
      'apple',
      'Äpfel',
      'banana',
      'Cherry',
      'éclair',
      'zoo',
      'Apricot',
      'date',
      'Eel',
      'öl',
      'OLIVE',
    ];
    world.atlas.database.collate('shop', 'orders', new Intl.Collator('en', { sensitivity: 'base' }).compare);
    await world.put(ids.map((_id) => ({ _id })));

    await world.finish();

    const loaded = world.lines().map(({ documentKey }) => Object(documentKey)._id);
    assert.deepEqual(loaded.toSorted(), ids.toSorted());
    assert(world.atlas.receiver.told.length > 1, 'one page is not enough to show it');
  });
});
