// MongoDB keeps an `_id` unique on each shard only. So documents on several shards can have the same one, unless the
// shard key is `_id` itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BSON, Double, EJSON, Int32 } from 'bson';
import { type Fate, fateAt, fates, stepCounter } from '../support/fate.ts';
import { type Fields, type LoadWorld, loadWorld } from '../support/load-world.ts';
import { problemOf } from '../support/scripted-receiver.ts';

const regions = ['us', 'eu', 'ap', 'sa', 'af', 'me'];

/** In the order of `_id`, each on up to three shards. The first ones have one shard, so that the ends of pages move. */
const spread = (single: number, ids = 12) =>
  Array.from({ length: ids }, (_, id) => (id < single ? 1 : 1 + ((id + single) % 3))).flatMap((shards, id) =>
    regions.slice(0, shards).map((region) => ({ _id: new Int32(id), region })),
  );

const entry = { database: 'shop', collection: 'orders', shardKey: ['region'] };

describe('loadCollection() of a sharded collection', () => {
  it('loads every document with the same `_id`, wherever a page ends', async () => {
    for (let single = 0; single < 6; single++) {
      const documents = spread(single);
      for (const stored of [documents, documents.toReversed()])
        await assertLoaded(await arrange(stored), stored.length);
    }
  });

  it('loads more documents with one `_id` than a page has', async () => {
    await assertLoaded(await arrange(regions.map((region) => ({ _id: 'a', region }))), regions.length);
  });

  for (const fate of fates)
    it(`loses none and counts right if a tick ${fate} any step`, async () => {
      const documents = spread(0, 5);
      const { around, steps } = stepCounter();
      await (await arrange(documents)).tick(around);
      for (let index = 0; index < steps(); index++) await assertLoadedAfter(fate, index, documents);
    });

  it('loses none and counts right if a second tick comes at any step', async () => {
    const documents = spread(0, 5);
    const { around, steps } = stepCounter();
    await (await arrange(documents)).tick(around);
    for (let index = 0; index < steps(); index++) {
      const world = await arrange(documents);
      let step = 0;

      await world.tick(async (_step, run) => {
        if (step++ === index) await world.tick();
        return await run();
      });

      await assertLoaded(world, documents.length);
    }
  });

  it('loses none if the receiver takes one document at a time', async () => {
    const documents = spread(2);
    const world = await arrange(documents, entry, { MAX_EVENTS: '1' });

    await assertLoaded(world, documents.length);
  });

  it('loses none if the receiver is down after each page', async () => {
    const documents = spread(2);
    const world = await arrange(documents);
    for (let ticks = 0; ticks < 30 && world.state()['state'] !== 'done'; ticks++) {
      world.atlas.receiver.act(world.receiver, problemOf(503, 'storage-failed'));
      await world.tick();
      world.atlas.clock.skip(60_000);
    }

    await assertLoaded(world, documents.length);
  });

  it('counts numbers of different types as the same `_id`, as the server does', async () => {
    const documents = [1, 2, 3, 4, 5].flatMap((id) => [
      { _id: new Int32(id), region: 'us' },
      { _id: new Double(id), region: 'eu' },
      { _id: new Int32(id), region: 'ap' },
    ]);

    await assertLoaded(await arrange(documents));
  });

  it('counts texts that a collation does not distinguish as the same `_id`, as the server does', async () => {
    const documents = ['a', 'b', 'c', 'd', 'e'].flatMap((id) => [
      { _id: id, region: 'us' },
      { _id: id.toUpperCase(), region: 'eu' },
      { _id: id, region: 'EU' },
    ]);
    const world = await arrange(documents);
    world.atlas.database.collate('shop', 'orders', new Intl.Collator('en', { sensitivity: 'base' }).compare);

    await assertLoaded(world);
  });

  it('loads documents whose shard key is a path, or missing', async () => {
    const documents = [1, 2, 3, 4, 5].flatMap((id) => [
      { _id: new Int32(id), owner: { region: 'us', name: 'A' } },
      { _id: new Int32(id), owner: { region: { code: 'eu' } } },
      { _id: new Int32(id), city: 'Oslo' },
      { _id: new Int32(id), city: null, owner: { region: 'no' } },
      { _id: new Int32(id), owner: 'nobody' },
    ]);

    await assertLoaded(await arrange(documents, { ...entry, shardKey: ['owner.region', 'city'] }), documents.length);
  });

  it('loads only documents that match the filter', async () => {
    const documents = spread(0, 30).map((document, index) => ({ ...document, total: index % 2 }));
    const world = await arrange(documents, { ...entry, filter: { total: 1 } });

    await world.finish();

    const wanted = documents.filter(({ total }) => total === 1);
    assert.equal(world.state()['documents'], wanted.length);
    assert.equal(world.latest().length, wanted.length);
  });

  it('continues after the last document of a page was deleted', async () => {
    const documents = spread(0);
    const world = await arrange(documents);
    world.atlas.receiver.act(world.receiver, problemOf(503, 'storage-failed'));
    await world.tick();
    const last = Number(Object(world.state()['position'])._id);
    await store(world, (stored) => stored.delete(keyOf({ _id: new Int32(last), region: 'us' })));
    world.atlas.receiver.act(world.receiver);
    world.atlas.clock.skip(60_000);

    await world.finish();

    const loaded = new Set(world.latest());
    for (const document of await world.collection()) assert(loaded.has(document), document);
  });

  it('never holds more documents with one `_id` than a page has', async () => {
    const world = await arrange(regions.map((region) => ({ _id: 'a', region, text: 'long' })));
    let held = 0;
    await world.tick(async (_step, run) => {
      const result = await run();
      if (Array.isArray(result)) held = Math.max(held, result.filter((one) => 'text' in Object(one)).length);
      return result;
    });

    await assertLoaded(world, regions.length);
    assert.equal(held, 4);
  });

  it('asks for the same `_id` only if other shards can have it', async () => {
    const documents = spread(12);
    const operationsOf = async (shardKey: readonly string[] | undefined) => {
      const { shardKey: _, ...unsharded } = entry;
      const world = await arrange(documents, shardKey === undefined ? unsharded : { ...entry, shardKey });
      return (await world.tick()).operations;
    };

    const unsharded = await operationsOf(undefined);

    assert.equal(await operationsOf(['_id']), unsharded);
    assert.equal(await operationsOf(['region']), unsharded + 2);
    assert.equal(await operationsOf(['_id', 'region']), unsharded + 2);
  });
});

async function arrange(
  documents: readonly Fields[],
  wanted: Fields = entry,
  settings: Record<string, string> = {},
): Promise<LoadWorld> {
  const world = loadWorld(settings);
  world.want(wanted);
  await store(world, (stored) => {
    for (const document of documents) stored.set(keyOf(document), BSON.serialize(document));
  });
  return world;
}

/** As a cluster with one shard for each document of an `_id`. */
async function store(world: LoadWorld, change: (stored: Map<string, Uint8Array>) => unknown): Promise<void> {
  await world.atlas.database.collection('shop', 'orders').run('write', change);
}

function keyOf({ _id, region, owner, city }: Fields): string {
  return EJSON.stringify([_id, region, owner, city]);
}

async function assertLoadedAfter(fate: Fate, index: number, documents: readonly Fields[]): Promise<void> {
  const world = await arrange(documents);
  await world
    .tick(fateAt(index, fate))
    .catch((error) => assert.match(String(error), /the database must answer|execution time limit exceeded/));
  world.atlas.clock.skip(60_000);
  await assertLoaded(world, documents.length);
}

async function assertLoaded(world: LoadWorld, documents?: number): Promise<void> {
  await world.finish();
  assert.deepEqual(world.latest(), await world.collection());
  assert.partialDeepStrictEqual(world.state(), { state: 'done', ...(documents === undefined ? {} : { documents }) });
}
