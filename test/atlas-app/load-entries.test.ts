import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Int32 } from 'bson';
import { loadWorld } from '../support/load-world.ts';
import { problemOf } from '../support/scripted-receiver.ts';

const orders = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ _id: new Int32(from + index), total: new Int32(index) }));

const notExact = 'filter must be Extended JSON with exact numbers';

/** A parser makes other values of them, or has done so: JSON.parse rounds 9007199254740993 to the last one. */
const otherValues: readonly unknown[] = [
  ...['99999999999', '5.5', '0x10', ''].map(($numberInt) => ({ $numberInt })),
  ...['99999999999999999999', '12x'].map(($numberLong) => ({ $numberLong })),
  ...['1e400', '1e400x', '0x10'].map(($numberDouble) => ({ $numberDouble })),
  { $numberDecimal: 'abc' },
  { $numberInt: '5', x: 1 },
  { $date: { $numberLong: '12x' } },
  9007199254740992,
];

describe('loadCollection(): the Value initialLoads', () => {
  const x = { database: 'shop', collection: 'x' };
  const mistakes: readonly (readonly [entry: unknown, mistake: string])[] = [
    [{ database: 'shop' }, ' (shop): collection must be a text: it is missing'],
    [{ database: 'shop', collection: '' }, ' (shop): collection must be a text: it is an empty text'],
    [{ database: 7, collection: 'x' }, ' (x): database must be a text: it is 7'],
    [{ ...x, filtr: {} }, ' (shop.x): unknown field "filtr"'],
    [{ ...x, filter: '{}' }, ' (shop.x): filter must be an object: it is a text'],
    [{ ...x, filter: [] }, ' (shop.x): filter must be an object: it is an empty list'],
    [{ ...x, filter: { a: { $oid: 'no' } } }, ` (shop.x): ${notExact}`],
    [{ ...x, filter: { a: { $date: 'soon' } } }, ` (shop.x): ${notExact}`],
    ...otherValues.map((value): [unknown, string] => [
      { ...x, filter: { a: { $in: [1, value] } } },
      ` (shop.x): ${notExact}`,
    ]),
    [{ database: 'Admin', collection: 'x' }, ' (Admin.x): database must be other than admin'],
    [{ database: 'f.g', collection: 'x' }, ' (f.g.x): database must have none of / \\ . " $, space and null'],
    [{ database: 'd'.repeat(64), collection: 'x' }, ` (${'d'.repeat(30)}…): database must have at most 63 bytes`],
    [{ database: 'shop', collection: 'x$y' }, ' (shop.x$y): collection must have no $ and no null'],
    [
      { database: 'shop', collection: 'system.views' },
      ' (shop.system.views): collection must not begin with "." or "system."',
    ],
    [
      { database: 'shop', collection: 'c'.repeat(251) },
      ` (shop.${'c'.repeat(25)}…): both names must have at most 255 bytes`,
    ],
    [{ ...x, shardKey: 'region' }, ' (shop.x): shardKey must be a list of field names: it is a text'],
    [{ ...x, shardKey: [] }, ' (shop.x): shardKey must be a list of field names: it is an empty list'],
    [
      { ...x, shardKey: ['region', 5] },
      ' (shop.x): shardKey must be a list of field names: it is a list with other values',
    ],
    [{ ...x, documentsPerSecond: '5' }, ' (shop.x): documentsPerSecond must be a number above 0: it is a text'],
    [{ ...x, documentsPerSecond: 0 }, ' (shop.x): documentsPerSecond must be a number above 0: it is 0'],
    [{ ...x, paused: 'yes' }, ' (shop.x): paused must be true or false: it is a text'],
    [{ ...x, paused: null }, ' (shop.x): paused must be true or false: it is null'],
    [
      { database: 'atlas_lake_sync', collection: 'outbox' },
      ' (atlas_lake_sync.outbox): database must be other than atlas_lake_sync',
    ],
    [
      { database: 'shop', collection: 'orders', filter: { a: 1 } },
      ' (shop.orders): the collection must have one entry: this is another one',
    ],
    ['shop.orders', ': an entry must be an object: it is a text'],
    [['shop', 'orders'], ': an entry must be an object: it is a list'],
    [null, ': an entry must be an object: it is null'],
    [
      { ...x, collection: 'c'.repeat(200), paused: 1 },
      ` (shop.${'c'.repeat(25)}…): paused must be true or false: it is 1`,
    ],
  ];
  for (const [entry, mistake] of mistakes)
    it(`names a mistake in the log, and loads the entries around it:${mistake}`, async () => {
      const world = loadWorld();
      world.want({ database: 'shop', collection: 'orders' }, entry, { database: 'shop', collection: 'customers' });
      await world.put(orders(3));

      const { logs } = await world.tick();

      const told = logs.map((line) => JSON.parse(line).mistake).filter((one) => typeof one === 'string');
      assert.deepEqual(told, [`initialLoads[1]${mistake}`]);
      assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 3 });
      assert.partialDeepStrictEqual(world.state('shop.customers'), { state: 'done', documents: 0 });
    });

  it('names several mistakes of an entry', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', paused: 'no', rate: 5 });

    const { logs } = await world.tick();

    assert.equal(logs.length, 3);
  });

  for (const [value, found] of [
    ['[{"database": "shop", "collection": "orders"}', 'a text'],
    [{ database: 'shop', collection: 'orders' }, 'an object'],
    [true, 'true or false'],
  ] as const)
    it(`names a Value that is ${found}, and loads nothing`, async () => {
      const world = loadWorld();
      world.wantValue(value);
      await world.put(orders(3));

      const { logs, operations } = await world.tick();

      assert.deepEqual(
        logs.map((line) => JSON.parse(line).mistake),
        [`the value initialLoads must be a list: it is ${found}`],
      );
      assert.equal(operations, 0);
    });

  for (const value of [[], '', null, undefined])
    it(`does nothing with ${value === undefined ? 'no Value' : JSON.stringify(value)}`, async () => {
      const world = loadWorld();
      world.wantValue(value);

      const { logs, operations } = await world.tick();

      assert.deepEqual([logs, operations], [[], 0]);
    });

  it('loads only documents that match the filter, in each page', async () => {
    const world = loadWorld();
    world.want({ database: 'shop', collection: 'orders', filter: { total: { $gte: { $numberInt: '12' } } } });
    await world.put(orders(40).map(({ _id }, index) => ({ _id, total: new Int32(index % 20) })));

    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 16, estimated: 16 });
    assert(world.atlas.receiver.told.length > 1, 'one page is not enough to show it');
  });

  it('loads collections in turn: a slow one holds up no other', async () => {
    const world = loadWorld();
    const slow = { database: 'shop', collection: 'orders', documentsPerSecond: 1 };
    world.want(slow, { database: 'shop', collection: 'customers' });
    await world.put(orders(200));
    await world.put(orders(100), 'customers');

    await world.tick();

    assert.partialDeepStrictEqual(world.state('shop.customers'), { state: 'done', documents: 100 });
    assert.partialDeepStrictEqual(world.state(), { state: 'running', documents: 54 });
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
    world.atlas.clock.skip(60_000);
    await world.tick();

    assert.partialDeepStrictEqual(world.state(), { state: 'paused', finishedAt: null });
  });

  it('begins again, with a new T0, when `restart` differs', async () => {
    const world = loadWorld();
    await world.put(orders(3));
    await world.tick();
    const before = world.state();

    world.want({ database: 'shop', collection: 'orders', restart: 1 });
    world.atlas.clock.skip(60_000);
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
