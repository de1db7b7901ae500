// What could block a load, and with it all others, for ever.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BSON, Int32 } from 'bson';
import { type LoadWorld, loadWorld } from '../support/load-world.ts';
import type { Told } from '../support/scripted-receiver.ts';

const orders = (count: number) => Array.from({ length: count }, (_, index) => ({ _id: new Int32(index) }));
const first = { database: 'shop', collection: 'orders' };
const second = { database: 'shop', collection: 'returns' };

describe('loadCollection() with a document that cannot be written as Extended JSON', () => {
  for (const at of [0, 3, 4, 9])
    it(`refuses it, and loads all others: document ${at} of 10`, async () => {
      const world = await arrange();
      await world.put(orders(10).filter((_, index) => index !== at));
      await putUnwritable(world, at);

      await world.tick();

      assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 10, refused: 1 });
      assert.equal(world.latest().length, 9);
      const [kept, ...others] = world.atlas.outbox();
      assert.partialDeepStrictEqual(kept, {
        ...{ state: 'refused', reason: 'its document must be writable as Extended JSON: it is not' },
        text: `{"ns":{"db":"shop","coll":"orders"},"documentKey":{"_id":{"$numberInt":"${at}"}}}`,
      });
      assert.deepEqual(others, []);
    });

  it('keeps it refused after a requeue', async () => {
    const world = await arrange();
    await putUnwritable(world, 1);
    await world.tick();

    await world.atlas.run('requeueRefused', [], (_step, run) => run());
    await world.atlas.run('drainOutbox', [], (_step, run) => run());

    assert.deepEqual(
      world.atlas.outbox().map(({ state }) => state),
      ['refused'],
    );
    assert.deepEqual(world.lines(), []);
  });
});

/** What a firewall, a proxy or a process that ends can answer to one document. */
const foreign = {
  '403': { status: 403 },
  '500': { status: 500, body: 'sorry' },
  'a reset': 'reset',
  silence: 'hang',
} as const;

describe('loadCollection() with a document that the receiver never answers with a receipt', () => {
  for (const [name, deed] of Object.entries(foreign))
    for (const at of [0, 3, 29])
      it(`keeps it in the outbox, and loads all others: ${name}, document ${at} of 30`, async () => {
        const world = await arrange();
        await world.put(orders(30));
        const isPoison = ({ body }: Told) => body.includes(`"documentKey":{"_id":{"$numberInt":"${at}"}}`);
        world.atlas.receiver.act((told) => (isPoison(told) ? deed : world.receiver(told)));

        const logs: string[] = [];
        while (world.state()['state'] !== 'done') {
          logs.push(...(await world.tick()).logs);
          world.atlas.clock.skip(60_000);
        }

        assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 30, refused: 0, kept: 1 });
        assert.match(logs.join(), /"reason":"a document waits in the outbox: (?:answered|no)/);
        assert.equal(world.latest().length, 29);
        assert.partialDeepStrictEqual(world.atlas.outbox(), [{ state: 'waiting' }]);
        world.atlas.receiver.act(world.receiver);
        world.atlas.clock.skip(60_000);
        await world.atlas.run('drainOutbox', [], (_step, run) => run());
        assert.deepEqual(world.latest(), await world.collection());
      });

  for (const [name, deed] of Object.entries(foreign))
    it(`keeps nothing if the receiver answers nothing else: ${name}`, async () => {
      const world = await arrange();
      await world.put(orders(30));
      world.atlas.receiver.act(deed);

      await world.tick();

      assert.partialDeepStrictEqual(world.state(), { state: 'running', documents: 0, position: null });
      assert.deepEqual(world.atlas.outbox(), []);
      assert.equal(world.atlas.receiver.told.length, 2);
    });
});

describe('loadCollection() with a firewall that passes an empty list, and no document of a collection', () => {
  const isOf = ({ body }: Told, collection: string) => body.includes(`"coll":"${collection}"`);

  it('keeps five documents, waits, says why, and goes on when others get through', async () => {
    const world = await arrange();
    world.want(first, second);
    await world.put(orders(30));
    await world.put(orders(3), 'returns');
    world.atlas.receiver.act((told) => (isOf(told, 'orders') ? { status: 403 } : world.receiver(told)));
    const logs: string[] = [];
    for (let ticks = 0; ticks < 3; ticks++) {
      logs.push(...(await world.tick()).logs);
      world.atlas.clock.skip(60_000);
    }

    const reason = 'a document must reach the receiver: the last 5 wait in the outbox: answered 403';
    assert.partialDeepStrictEqual(world.state(), { state: 'running', documents: 5, kept: 5, refused: 0, reason });
    assert.equal(world.atlas.outbox().length, 5);
    assert.partialDeepStrictEqual(world.state('shop.returns'), { state: 'done', documents: 3, kept: 0, reason: '' });
    assert.match(logs.at(-1) ?? '', new RegExp(`"kept":5,.*"reason":"${reason}"`));

    world.atlas.receiver.act(world.receiver);
    const { logs: lastLogs } = await world.tick();
    assert.match(lastLogs.join(), /"documents":30,"refused":0,"kept":5,"state":"done"/);
    assert.partialDeepStrictEqual(world.state(), { kept: 5, reason: 'kept in the outbox for drainOutbox: 5' });
    await world.atlas.run('drainOutbox', [], (_step, run) => run());
    assert.equal(world.latest().length, (await world.collection()).length);
    assert.deepEqual(world.atlas.outbox(), []);
  });

  it('keeps any number of documents if others get through between them', async () => {
    const world = await arrange();
    await world.put(orders(30));
    const isPoison = ({ body }: Told) => /"documentKey":{"_id":{"\$numberInt":"\d*[1357]"}}/.test(body);
    world.atlas.receiver.act((told) => (isPoison(told) ? { status: 403 } : world.receiver(told)));

    await world.finish();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 30, kept: 12 });
    assert.equal(world.latest().length, 18);
  });
});

describe('loadCollection() with a network that fails once', () => {
  for (const [name, deed] of Object.entries(foreign))
    it(`keeps nothing in the outbox: ${name}`, async () => {
      const world = await arrange();
      await world.put(orders(1));
      world.atlas.receiver.act(deed, world.receiver);

      await world.finish();

      assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 1 });
      assert.deepEqual(world.atlas.outbox(), []);
      assert.deepEqual(world.latest(), await world.collection());
    });
});

describe('loadCollection() with a fault of one load', () => {
  it('continues with the others, and says why the load waits', async () => {
    const world = await arrange();
    world.want(first, second);
    await world.put([{ _id: new Int32(0) }, { _id: new Int32(2) }]);
    await world.put(orders(3), 'returns');
    // As with an outbox that refuses one event, at each tick.
    await putUnwritable(world, 1);
    world.atlas.database.around = (operation, name, run) =>
      operation === 'write' && name === 'outbox' ? Promise.reject(new Error('(Unauthorized) not authorized')) : run();

    for (let ticks = 0; ticks < 2; ticks++) {
      await world.tick();
      world.atlas.clock.skip(60_000);
    }

    assert.partialDeepStrictEqual(world.state('shop.returns'), { state: 'done', documents: 3 });
    assert.partialDeepStrictEqual(world.state(), {
      ...{ state: 'running', documents: 1, reason: 'a page must be sent and saved: not authorized' },
    });
  });

  // The page is read after the states, the views and the statistics, and with a filter a count.
  for (const [filter, page, hint] of [
    [undefined, 4, ''],
    [{ total: 1 }, 5, ': the filter needs an index'],
  ] as const)
    it(`ends a tick whose page does not come, and says so${hint}`, async () => {
      const world = await arrange();
      world.want({ ...first, ...(filter === undefined ? {} : { filter }) });
      await world.put(orders(3));
      const began = world.atlas.clock.now();
      let reads = 0;

      await world.tick((step, run) => {
        if (step === 'read') reads += 1;
        return step === 'read' && reads === page ? new Promise<never>(() => undefined) : run();
      });

      assert(world.atlas.clock.now() - began < 240_000);
      const reason = `the server must find a page within 90 s${hint}`;
      assert.partialDeepStrictEqual(world.state(), { state: 'running', documents: 0, reason });
    });
});

describe('loadCollection() with another limit than before', () => {
  it('does not wait for the time of the lower limit', async () => {
    const world = await arrange();
    world.want({ ...first, documentsPerSecond: 0.0001 });
    await world.put(orders(10));
    await world.tick();

    world.want({ ...first, documentsPerSecond: 100 });
    world.atlas.clock.skip(60_000);
    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 10 });
  });
});

async function arrange(): Promise<LoadWorld> {
  const world = loadWorld();
  await world.put([]);
  return world;
}

/** Another driver can insert a field `_bsontype`, which the package `bson` refuses to write. */
async function putUnwritable({ atlas }: LoadWorld, id: number): Promise<void> {
  const bytes = Buffer.from(BSON.serialize({ _id: new Int32(id), meta: { bson_type: 'x' } }));
  bytes.write('_bsontype', bytes.indexOf('bson_type'));
  await atlas.database.collection('shop', 'orders').run('write', (stored) => stored.set(`${id}`, bytes));
}
