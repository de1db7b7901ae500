import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Int32 } from 'bson';
import { loadWorld } from '../support/load-world.ts';
import { problemOf } from '../support/scripted-receiver.ts';

const orders = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ _id: new Int32(from + index), total: new Int32(index) }));

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

  it('loads only documents that match the filter', async () => {
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

  it('drops the end of the earlier load when it begins again', async () => {
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
