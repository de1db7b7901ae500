// The entry of a load can change while it runs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Int32 } from 'bson';
import { loadWorld } from '../support/load-world.ts';

const orders = { database: 'shop', collection: 'orders' };
const documents = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ _id: new Int32(index), region: 'eu', total: new Int32(index % 2) }));

describe('loadCollection() of an entry that selects other documents than at its beginning', () => {
  for (const [what, before, after] of [
    ['shard key', {}, { shardKey: ['region'] }],
    ['shard key', { shardKey: ['region'] }, {}],
    ['filter', {}, { filter: { total: 1 } }],
    ['filter', { filter: { total: 1 } }, { filter: { total: 2 } }],
  ] as const)
    it(`fails, because documents would be missing or have two keys: ${what} ${JSON.stringify(after)}`, async () => {
      const world = loadWorld();
      await world.put(documents(20));
      world.want({ ...orders, ...before, documentsPerSecond: 0.1 });
      await world.tick();
      const { documents: loaded } = world.state();

      world.want({ ...orders, ...after });
      world.atlas.clock.skip(60_000);
      const { logs } = await world.tick();

      const reason = 'its shardKey and filter must be those of its beginning: restart it';
      assert.partialDeepStrictEqual(world.state(), { state: 'failed', documents: loaded, reason });
      assert.match(logs.join(), /must be those of its beginning/);
    });

  it('begins again with a restart', async () => {
    const world = loadWorld();
    await world.put(documents(20));
    world.want({ ...orders, documentsPerSecond: 0.1 });
    await world.tick();

    world.want({ ...orders, shardKey: ['region'], restart: 1 });
    world.atlas.clock.skip(60_000);
    await world.finish();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 20 });
  });

  it('sends nothing of the new selection with the T0 of the earlier one, while its restart waits', async () => {
    const world = loadWorld();
    await world.put(documents(20));
    world.want({ ...orders, documentsPerSecond: 0.0001 });
    await world.tick();
    const before = world.state();
    const posts = world.atlas.receiver.told.length;

    world.want({ ...orders, shardKey: ['region'], restart: 1 });
    const { logs } = await world.tick();

    assert.match(logs.join(), /the restart waits/);
    assert.equal(world.atlas.receiver.told.length, posts);
    assert.deepEqual(world.state(), before);
    world.atlas.clock.skip(60_000);
    await world.finish();
    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 20 });
  });

  it('sends nothing of another selection if the `restart` of the load is gone from the entry', async () => {
    const world = loadWorld();
    await world.put(documents(20));
    world.want({ ...orders, restart: 1, documentsPerSecond: 0.0001 });
    await world.tick();
    const before = world.state();

    world.want({ ...orders, shardKey: ['region'] });
    world.atlas.clock.skip(60_000);
    const { logs } = await world.tick();

    assert.match(logs.join(), /must be those of its beginning/);
    assert.deepEqual(world.state(), before);
    assert.equal(world.atlas.receiver.told.length, 1);
  });

  it('leaves a load alone that is done', async () => {
    const world = loadWorld();
    await world.put(documents(20));
    await world.tick();

    world.want({ ...orders, filter: { total: 1 } });
    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 20 });
  });

  it('continues with the same filter in another spelling', async () => {
    const world = loadWorld();
    await world.put(documents(20));
    world.want({ ...orders, filter: { total: { $gte: 0 } }, documentsPerSecond: 0.1 });
    await world.tick();

    world.want({ ...orders, filter: { total: { $gte: { $numberInt: '0' } } } });
    world.atlas.clock.skip(60_000);
    await world.finish();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 20 });
  });
});
