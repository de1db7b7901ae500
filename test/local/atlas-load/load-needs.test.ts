// What a load needs in Atlas: documents, a correct entry, a trigger that runs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployedLoads } from '../../support/deployed-loads.ts';

const orders = { database: 'shop', collection: 'orders' };

describe('npm run atlas:load, what a load needs in Atlas', () => {
  it('refuses a collection that is empty or not there', async (t) => {
    const { load, entries } = await deployedLoads(t);

    for (const kind of ['start', 'restart']) {
      const { code, output } = await load(`--${kind}`, 'shop.ordres');

      assert.equal(code, 1);
      assert.match(
        output,
        /^Cannot (re)?start the load of shop\.ordres: the collection must have documents: it is empty, or i/,
      );
    }
    assert.deepEqual(entries(), []);
  });

  it('warns if no running trigger watches the collection', async (t) => {
    const { app, load } = await deployedLoads(t);
    const name = 'lake-sync-shop-orders';
    const watching = { database: 'shop', collection: 'orders', operation_types: ['INSERT'] };

    for (const [members, isWarned] of [
      [{ config: watching }, false],
      [{ config: { ...watching, collection: undefined } }, false],
      [{ config: { ...watching, collection: 'old' } }, true],
      [{ config: watching, disabled: true }, true],
      [{ config: watching, disabled: false, error: 'ChangeStreamHistoryLost' }, true],
    ] as const) {
      app.put('triggers', { name, ...members });
      const { code, printed } = await load('--restart', 'shop.orders');

      assert.equal(code, 0);
      assert.equal(/^Warning: no running trigger watches shop\.orders: /m.test(printed), isWarned, printed);
    }
  });

  it('begins a load if the answer does not say whether there are documents', async (t) => {
    const { api, load, entries } = await deployedLoads(t);
    const answer = { status: 200, body: '{"result":"{\\"loads\\":[]}"}' };
    api.answerWith(({ path }) => path.includes('execute_function_source'), answer, 3);

    const { code, output } = await load('--start', 'shop.orders');

    assert.equal(code, 0, output);
    assert.deepEqual(entries(), [orders]);
  });

  it('says so if a load found no documents', async (t) => {
    const { load, put, is } = await deployedLoads(t);
    put([orders]);
    await is('done', { documents: 0, estimated: 0 });

    assert.match((await load()).printed, / 0 of about 0 documents: the collection is empty, or its name is wrong$/m);
  });

  for (const [database, shown] of [
    ['shop', 'shop.orders'],
    ['warehouse_of_the_north_and_the_west', 'warehouse_of_the_north_and_the…'],
  ] as const)
    it(`refuses an entry of ${database} that the function would skip`, async (t) => {
      const { load, put, entries } = await deployedLoads(t);
      const wrong = [
        { ...orders, collection: 'other', paused: 7 },
        { ...orders, database, filter: 7 },
      ];
      put(wrong);

      const { code, output } = await load('--start', `${database}.orders`);

      assert.equal(code, 1);
      assert.equal(
        output,
        `Cannot start the load of ${database}.orders: its entry in the Value initialLoads must have no mistake:\n` +
          `  initialLoads[1] (${shown}): filter must be an object: it is 7\n`,
      );
      assert.deepEqual(entries(), wrong);
    });

  for (const [members, message] of [
    [{ disabled: true }, 'it is disabled: turn it on in the Atlas UI, Triggers'],
    [{ error: 'cannot find function' }, 'it is suspended: resume it in the Atlas UI, Triggers'],
  ] as const)
    it(`refuses a start if the trigger does not run: ${Object.keys(members)}`, async (t) => {
      const { app, load, entries } = await deployedLoads(t);
      app.put('triggers', { name: 'lake-sync-load', ...members });

      const { code, output } = await load('--start', 'shop.orders');

      assert.equal(code, 1);
      assert.equal(output, `Cannot start the load: a scheduled trigger must call loadCollection: ${message}\n`);
      assert.deepEqual(entries(), []);
    });

  for (const [collection, name] of [
    ['triggers', 'lake-sync-load'],
    ['functions', 'loadCollection'],
  ] as const)
    it(`refuses a start without ${name}`, async (t) => {
      const { app, load } = await deployedLoads(t);
      app.remove(collection, name);

      const { code, output } = await load('--start', 'shop.orders');

      assert.equal(code, 1);
      assert.match(
        output,
        /a scheduled trigger must call loadCollection: it is missing: npm run atlas:deploy creates it$/m,
      );
    });
});
