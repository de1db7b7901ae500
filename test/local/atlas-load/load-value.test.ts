// The Value initialLoads after a person has changed it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployedLoads } from '../../support/deployed-loads.ts';

const orders = { database: 'shop', collection: 'orders' };

describe('npm run atlas:load, a Value that a person has changed', () => {
  for (const [what, value, members, found] of [
    ['text', '[{"database": "shop", "collection": "orders"}]', {}, 'of the type string'],
    ['an object', orders, {}, 'of the type object'],
    ['a secret', 'loads', { from_secret: true }, 'linked to a secret'],
  ] as const)
    it(`names a Value that is ${what}, and how to correct it`, async (t) => {
      const { load, put, app } = await deployedLoads(t);
      put(value, members);

      for (const args of [[], ['--start', 'shop.orders']]) {
        const { code, output } = await load(...args);

        assert.equal(code, 1);
        assert.equal(
          output,
          `Cannot read the Value initialLoads: it must be a list of loads: it is ${found}: correct it in Atlas, or replace it with the list of lake-sync.json: npm run atlas:deploy\n`,
        );
      }
      assert.deepEqual(app.named('values', 'initialLoads')?.['value'], value);
    });

  for (const value of [null, '', []])
    it(`takes ${JSON.stringify(value)} for a Value without loads`, async (t) => {
      const { load, put, entries } = await deployedLoads(t);
      put(value);

      assert.equal((await load('--start', 'shop.orders')).code, 0);
      assert.deepEqual(entries(), [orders]);
    });

  it('creates the Value if it is missing', async (t) => {
    const { app, load, entries } = await deployedLoads(t);
    app.remove('values', 'initialLoads');

    assert.match((await load()).printed, /^There is no load/);
    assert.equal((await load('--start', 'shop.orders')).code, 0);
    assert.deepEqual(entries(), [orders]);
  });

  it('shows mistakes in entries, in the words of the function, and does not wait for such loads', async (t) => {
    const { load, put, entries, is } = await deployedLoads(t);
    const wrong = [{ database: 'shop' }, 'shop.orders', { database: 'shop', collection: 'x', filtr: {} }];
    put([...wrong, orders]);
    await is('done');

    const { code, printed } = await load('--watch');
    const started = await load('--start', 'shop.x');
    await load('--restart', 'shop.orders');

    assert.equal(code, 1);
    assert.deepEqual(printed.trimEnd().split('\n'), [
      '  done     shop.orders  40 of about 100 documents',
      '  mistake  initialLoads[0] (shop): collection must be a text: it is missing',
      '  mistake  initialLoads[1]: an entry must be an object: it is a text',
      '  mistake  initialLoads[2] (shop.x): unknown field "filtr"',
    ]);
    assert.match(
      started.output,
      /^Cannot start the load of shop\.x: .* no mistake:\n {2}initialLoads\[2\] .*"filtr"$/m,
    );
    assert.deepEqual(entries().slice(0, 3), wrong);
  });
});
