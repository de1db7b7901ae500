// Documents that cannot be written as Extended JSON. Another driver than `bson` can insert a field `_bsontype`.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BSON, Int32 } from 'bson';
import { type Fields, type LoadWorld, loadWorld } from '../support/load-world.ts';

const entry = { database: 'shop', collection: 'orders' };
const orders = (count: number) => Array.from({ length: count }, (_, index) => ({ _id: new Int32(index), meta: 'm' }));
const ids = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => ({ _id: { bson_type: 'x', n: new Int32(first + index) } }));
const refusal = 'its document must be writable as Extended JSON: it is not';

describe('loadCollection() with a document whose key cannot be written as Extended JSON', () => {
  for (const [what, shardKey, key] of [
    ['a shard key', ['meta'], '[["meta",[["_bsontype","x"],["region","eu"]]],["_id",{"$numberInt":"4"}]]'],
    ['a path', ['meta.region'], '{"meta.region":"eu","_id":{"$numberInt":"4"}}'],
  ] as const)
    it(`refuses it, and loads all others: ${what}`, async () => {
      const world = loadWorld();
      world.want({ ...entry, shardKey });
      await world.put(orders(4));
      await putUnwritable(world, { _id: new Int32(4), meta: { bson_type: 'x', region: 'eu' } });
      await world.put([{ _id: new Int32(5), meta: 'm' }]);

      await world.finish();

      assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 6, refused: 1 });
      assert.equal(world.latest().length, 5);
      assert.partialDeepStrictEqual(world.atlas.outbox(), [{ state: 'refused', reason: refusal }]);
      assert.equal(world.atlas.outbox()[0]?.['text'], `{"ns":{"db":"shop","coll":"orders"},"documentKey":${key}}`);
    });

  it('loads the documents with the same `_id` on other shards', async () => {
    const world = loadWorld();
    world.want({ ...entry, shardKey: ['meta'] });
    await putUnwritable(world, { _id: new Int32(0), meta: { bson_type: 'x' } });
    await putStored(world, { _id: new Int32(0), meta: 'a' }, { _id: new Int32(0), meta: 'b' });
    await putUnwritable(world, { _id: new Int32(0), meta: { bson_type: 'y' } });
    await putStored(world, { _id: new Int32(1), meta: 'a' });

    await world.finish();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 5, refused: 2 });
    assert.equal(world.latest().length, 3);
    assert.equal(world.atlas.outbox().length, 2);
  });

  for (const [where, count] of [
    ['alone', 0],
    ['behind a page', 4],
    ['in a page', 6],
  ] as const)
    for (const odd of [1, 9])
      it(`refuses each \`_id\`, and loads all others: ${odd} of them ${where}`, async () => {
        const world = loadWorld();
        await world.put(orders(count));
        for (const document of ids(odd)) await putUnwritable(world, document);
        if (count > 0) await world.put([{ _id: true }]);
        const all = odd + (count > 0 ? count + 1 : 0);

        const { logs } = await world.tick();

        assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: all, refused: odd });
        assert.match(logs.join(), new RegExp(`"documents":${all},"refused":${odd},"state":"done"`));
        assert.equal(world.latest().length, all - odd);
        assert.equal(world.atlas.outbox().length, odd);
      });

  it('counts each `_id` once if a tick ends between them', async () => {
    const world = loadWorld();
    await world.put(orders(4));
    for (const document of ids(9)) await putUnwritable(world, document);
    await world.put([{ _id: true }]);
    let kept = 0;
    world.atlas.database.around = (operation, name, run) => {
      if (operation === 'write' && name === 'outbox') kept += 1;
      return kept === 6 ? Promise.reject(new Error('(Unauthorized) not authorized')) : run();
    };
    await world.tick().catch(() => undefined);
    world.atlas.database.around = (_operation, _name, run) => run();
    world.atlas.clock.skip(60_000);

    await world.finish();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 14, refused: 9 });
    assert.equal(world.atlas.outbox().length, 9);
  });
});

async function putUnwritable(world: LoadWorld, document: Fields): Promise<void> {
  const bytes = Buffer.from(BSON.serialize(document));
  bytes.write('_bsontype', bytes.indexOf('bson_type'));
  await store(world, bytes);
}

async function putStored(world: LoadWorld, ...documents: readonly Fields[]): Promise<void> {
  for (const document of documents) await store(world, BSON.serialize(document));
}

/** Some have the same `_id`. */
async function store({ atlas }: LoadWorld, bytes: Uint8Array): Promise<void> {
  await atlas.database.collection('shop', 'orders').run('write', (stored) => stored.set(`${stored.size}`, bytes));
}
