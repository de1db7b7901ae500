import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { invoke } from '../../../local/atlas/atlas-runtime.ts';
import { command } from '../../../local/commands/atlas-load.ts';
import { performed } from '../../support/commands.ts';
import { onlyApp, setUp } from '../../support/deployments.ts';

describe('npm run atlas:load', () => {
  it('starts, pauses, resumes and restarts a load, and does not change the others', async (t) => {
    const { load, entries, put } = await deployed(t);
    put([{ database: 'shop', collection: 'old', filter: { a: 1 } }]);
    const other = { database: 'shop', collection: 'old', filter: { a: 1 } };
    const orders = { database: 'shop', collection: 'orders' };

    assert.equal((await load('--start', 'shop.orders', '--rate', '50')).code, 0);
    assert.deepEqual(entries(), [other, { ...orders, documentsPerSecond: 50 }]);
    await load('--pause', 'shop.orders');
    assert.deepEqual(entries(), [other, { ...orders, documentsPerSecond: 50, paused: true }]);
    await load('--resume', 'shop.orders');
    assert.deepEqual(entries(), [other, { ...orders, documentsPerSecond: 50 }]);
    await load('--restart', 'shop.orders');
    assert.match(JSON.stringify(entries()[1]), /"restart":"20\d\d-/);
  });

  it('shows the progress of each load, also of one that has not begun', async (t) => {
    const { load, tick } = await deployed(t);
    await load('--start', 'shop.orders');

    const before = await load();
    await tick();
    const after = await load('--watch');

    assert.match(before.output, /waiting {2}shop\.orders .* next minute/);
    assert.match(after.output, /done {5}shop\.orders {2}0 of about 0 documents/);
    assert.equal(after.code, 0);
  });

  it('ends with 1 when a load has failed, and says why', async (t) => {
    const { app, load, tick } = await deployed(t);
    await app.database.define('shop', 'orders', 'view');
    await load('--start', 'shop.orders');
    await tick();

    const { code, output } = await load();

    assert.equal(code, 1);
    assert.match(output, /failed {3}shop\.orders .*it is a view/);
  });

  it('names every problem at once, and changes nothing', async (t) => {
    const { load, entries } = await deployed(t);

    const wrong = await load('--start', 'orders', '--rate', 'fast');
    const absent = await load('--pause', 'shop.orders');

    assert.equal(wrong.code, 1);
    assert.match(wrong.output, /--start must be <database>\.<collection>/);
    assert.match(wrong.output, /--rate must be a number above 0/);
    assert.match(absent.output, /Cannot pause the load of shop\.orders: it must be in the Value initialLoads/);
    assert.deepEqual(entries(), []);
  });
});

async function deployed(t: TestContext) {
  const { api, folder, deploy } = await setUp(t);
  const told = await deploy();
  assert.equal(told.code, 0, told.output);
  const app = onlyApp(api);
  const value = () => app.named('values', 'initialLoads')?.['value'];
  // The Value that the app gives to loadCollection.
  const service = app.all('services')[0]?.['name'];
  return {
    app,
    put: (value: unknown) => app.put('values', { name: 'initialLoads', value, private: false, from_secret: false }),
    entries: (): unknown[] => [...Object(value() ?? [])],
    load: (...args: string[]) => performed(command, { ...api.environment }, '--app', folder, ...args),
    tick: () =>
      invoke(
        {
          values: {
            initialLoads: value(),
            lakeReceiverUrl: 'https://receiver.test/api/change-events',
            lakeDataSource: service,
          },
          dataSource: String(service),
          database: app.database,
        },
        'loadCollection',
      ),
  };
}
