import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BSON } from 'bson';
import { type LoadWorld, loadWorld } from '../support/load-world.ts';

const many = 340;
const names = Array.from({ length: many }, (_, index) => `c${index}`);
const entries = names.map((collection) => ({ database: 'shop', collection }));

async function minute(world: LoadWorld) {
  const invocation = await world.tick();
  world.atlas.clock.skip(60_000);
  return invocation;
}

const documentsOf = (world: LoadWorld, name: string) => Number(world.state(`shop.${name}`)['documents'] ?? 0);

describe('loadCollection() with many entries', () => {
  it('stays within the operations of an invocation, and begins the rest at the next ticks', async () => {
    const world = loadWorld();
    world.want(...entries);
    for (const name of names) await world.put([{ _id: name }], name);
    const waiting: unknown[] = [];

    for (let ticks = 0; ticks < 10 && world.lines().length < many; ticks++) {
      const { operations, logs } = await minute(world);
      assert(operations < 1000, `${operations} operations`);
      waiting.push(...logs.flatMap((line) => JSON.parse(line).waiting ?? []));
    }

    assert.equal(world.lines().length, many);
    assert(waiting.length > 0);
    assert.deepEqual(
      waiting,
      waiting.toSorted((one, other) => Number(other) - Number(one)),
    );
  });

  it('loads pages of a running load while others begin', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', documentsPerSecond: 1 });
    await world.put(Array.from({ length: 500 }, (_, index) => ({ _id: index })));
    await minute(world);
    const before = documentsOf(world, 'orders');

    world.want(...entries, { database: 'shop', collection: 'orders' });
    await minute(world);

    assert(documentsOf(world, 'orders') > before);
  });

  it('gives each load its turn', async () => {
    const world = loadWorld();
    world.want(...entries);
    for (const name of names)
      await world.put(
        Array.from({ length: 30 }, (_, index) => ({ _id: index })),
        name,
      );

    for (let ticks = 0; ticks < 4; ticks++) await minute(world);

    for (const name of names) assert(documentsOf(world, name) > 0, name);
  });

  it('takes ten seconds for a new entry, and half of its time for all, if the database does not answer', async () => {
    const world = loadWorld();
    world.want(...entries.slice(0, 20), { database: 'shop', collection: 'orders' });
    await world.put([{ _id: 1 }]);
    const began = world.atlas.clock.now();
    let last = '';
    world.atlas.database.around = (_operation, name, run) => {
      last = name;
      return run();
    };

    await world.tick(async (_step, run) => {
      const done = await run();
      if (last === 'system.views') await new Promise(() => undefined);
      return done;
    });

    assert(world.atlas.clock.now() - began < 60_000, `${world.atlas.clock.now() - began} ms`);
    assert(Object.keys(world.state('shop.c0')).length > 0);
    assert.deepEqual(world.state('shop.c19'), {});
  });

  it('says in one operation that the receiver is not known', async () => {
    const world = loadWorld({}, { lakeReceiverUrl: '' });
    world.want(...entries.slice(0, 50));
    await minute(world);

    const { operations } = await world.tick();

    assert.equal(operations, 2);
    for (const name of ['c0', 'c49'])
      assert.match(String(world.state(`shop.${name}`)['reason']), /the value lakeReceiverUrl must be/);
  });
});

describe('loadCollection() with a restart', () => {
  it('waits for a T0 that is later than the last one, and never takes one ahead of the clock', async () => {
    const world = loadWorld();
    await world.put([{ _id: 1 }]);
    await world.tick();

    for (let restart = 1; restart <= 20; restart++) {
      world.want({ database: 'shop', collection: 'orders', restart });
      const { logs } = await world.tick();
      const t0 = Number(world.state()['t0']);
      assert(t0 <= Math.floor(world.atlas.clock.now() / 1000) - 10, `T0 ${t0}`);
      if (world.state()['restart'] !== `{"restart":{"$numberInt":"${restart}"}}`)
        assert.match(logs.join(), /the restart waits/);
    }
    const waiting = world.state();
    world.atlas.clock.skip(60_000);
    await world.tick();

    assert.match(String(world.state()['restart']), /20/);
    assert(Number(world.state()['t0']) > Number(waiting['t0']));
    assert.equal(world.state()['state'], 'done');
  });

  it('heals from a T0 ahead of the clock', async () => {
    const world = loadWorld();
    await world.put([{ _id: 1 }]);
    await world.tick();
    const ahead = Math.floor(world.atlas.clock.now() / 1000) + 100;
    await world.atlas.database.collection('atlas_lake_sync', 'loads').run('write', (documents) => {
      for (const [key, bytes] of documents)
        documents.set(key, BSON.serialize({ ...BSON.deserialize(bytes), t0: ahead }));
    });

    world.want({ database: 'shop', collection: 'orders', restart: 1 });
    await minute(world);
    assert.equal(world.state()['t0'], ahead);
    await minute(world);
    await minute(world);

    assert(Number(world.state()['t0']) > ahead);
    assert.equal(world.state()['state'], 'done');
  });
});
