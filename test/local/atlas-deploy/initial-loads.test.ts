// An initial load may begin only after the triggers run. Otherwise a change between the first read and the trigger is
// lost.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isRecord } from '../../../shared/json/record.ts';
import type { AdminApp } from '../../support/admin-app.ts';
import { databaseTrigger, type Files, moviesTrigger, writeFiles } from '../../support/app-folders.ts';
import { loadingFiles } from '../../support/deployed-loads.ts';
import { onlyApp, setUp } from '../../support/deployments.ts';

const movies = { database: 'sample_mflix', collection: 'movies' };
const orders = { database: 'shop', collection: 'orders' };
const loads = (...value: unknown[]): Files => ({
  'values/initialLoads.json': { name: 'initialLoads', value, from_secret: false },
});
/** One more collection, with its load. The name of its trigger sorts after all others. */
const withOrders: Files = {
  ...loads(movies, orders),
  'triggers/lake-sync-shop-orders.json': databaseTrigger('lake-sync-shop-orders', orders),
};
const isWriting = ({ method, path }: { readonly method: string; readonly path: string }) =>
  method !== 'GET' && !path.endsWith('/login');

describe('npm run atlas:deploy, initial loads', () => {
  it('adds the loads as its last change, at the first deployment and at later ones', async (t) => {
    const { api, folder, deploy } = await loading(t, loads(movies));

    const first = await deploy();
    assert.equal(first.code, 0, first.output);
    assert.equal(api.writes().at(-1), 'POST /values');
    assert.deepEqual(entriesOf(onlyApp(api)), [movies]);

    await writeFiles(folder, withOrders);
    const second = await deploy();
    assert.equal(second.code, 0, second.output);
    assert.deepEqual(api.writes().slice(-2), ['POST /triggers', 'PUT /values']);
    assert.deepEqual(entriesOf(onlyApp(api)), [movies, orders]);
  });

  it('never has a load without its trigger, wherever a deployment ends, and the next one completes it', async (t) => {
    for (const isFirst of [true, false])
      for (let kept = 0; ; kept++) {
        const { api, folder, deploy } = await loading(t, isFirst ? withOrders : loads(movies));
        if (!isFirst) {
          await deploy();
          await writeFiles(folder, withOrders);
        }
        let left = kept;
        const noAnswer = { status: 500, body: '{"error":"the deployment ends here"}' };
        api.answerWith((request) => isWriting(request) && left-- <= 0, noAnswer);

        const { code } = await deploy();
        if (code === 0) {
          assert(kept > (isFirst ? 14 : 3), `${kept}`);
          break;
        }
        for (const app of api.apps()) expectTriggers(app);
        const next = await deploy();

        assert.equal(next.code, 0, next.output);
        assert.deepEqual(entriesOf(onlyApp(api)), [movies, orders]);
      }
  });

  it('begins no load while a trigger is suspended, and begins it after the trigger is resumed', async (t) => {
    const { api, folder, deploy } = await loading(t, loads());
    await deploy();
    const app = onlyApp(api);
    app.put('triggers', { name: moviesTrigger, error: 'ChangeStreamHistoryLost' });
    await writeFiles(folder, loads(movies));

    const halted = await deploy();
    assert.equal(halted.code, 1);
    assert.match(halted.output, /^Cannot begin the new loads: every trigger must run: these do not: lake-sync-samp/m);
    assert.match(halted.output, /^ {2}lake-sync-sample_mflix-movies +suspended: ChangeStreamHistoryLost$/m);
    assert.match(halted.output, /resume each of them with its resume token/);
    assert.deepEqual(entriesOf(app), []);

    app.put('triggers', { name: moviesTrigger, error: undefined });
    const resumed = await deploy();
    assert.equal(resumed.code, 0, resumed.output);
    assert.deepEqual(entriesOf(app), [movies]);
  });

  it('begins no load if Atlas suspends the new trigger at once', async (t) => {
    const { api, folder, deploy } = await loading(t, loads());
    await deploy();
    const app = onlyApp(api);
    await writeFiles(folder, { ...withOrders, ...loads(orders) });
    const suspendNew = ({ method, path }: { readonly method: string; readonly path: string }) => {
      const isRead = method === 'GET' && path.endsWith('/triggers');
      if (isRead && app.named('triggers', 'lake-sync-shop-orders') !== undefined)
        app.put('triggers', { name: 'lake-sync-shop-orders', error: 'the collection is a view' });
      return false;
    };
    api.answerWith(suspendNew, { status: 500, body: '' });

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.match(output, /^Cannot begin the new loads: .*: lake-sync-shop-orders$/m);
    assert.deepEqual(entriesOf(app), []);
  });

  it('keeps the entry that a person changed in Atlas, and names the difference', async (t) => {
    const { api, folder, deploy } = await loading(t, loads({ ...movies, shardKey: ['year'] }));
    await deploy();
    const app = onlyApp(api);
    assert.deepEqual(entriesOf(app), [{ ...movies, shardKey: ['year'] }]);
    const changed = { ...movies, shardKey: ['region'], paused: true };
    app.put('values', { name: 'initialLoads', value: [changed] });

    const other = await deploy();
    await writeFiles(folder, loads({ ...movies, shardKey: ['region'] }));
    const same = await deploy();

    assert.match(
      other.output,
      /^ {2}keep {4}value {8}initialLoads {2}\(stays as in Atlas: shardKey of sample_mflix\.movies\)$/m,
    );
    assert.match(same.output, /^ {2}keep {4}value {8}initialLoads$/m);
    assert.deepEqual(entriesOf(app), [changed]);
  });

  it('refuses an entry that the function would skip, before any request', async (t) => {
    const wrong = { ...movies, filter: { _id: { $oid: 'c0ffee' } } };
    const { api, deploy } = await loading(t, loads(wrong, { ...movies, rate: 1 }));

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.deepEqual(output.trimEnd().split('\n'), [
      'Cannot deploy: initialLoads[0] (sample_mflix.movies): filter must be Extended JSON with exact numbers',
      'Cannot deploy: initialLoads[1] (sample_mflix.movies): unknown field "rate"',
    ]);
    assert.deepEqual(api.requests, []);
  });

  for (const [what, files, found] of [
    ['is off', { [`triggers/${moviesTrigger}.json`]: { ...databaseTrigger(), disabled: true } }, 'it is disabled'],
    ['watches another collection', loads(orders), 'it is missing'],
  ] as const)
    it(`refuses a load whose trigger ${what}, before any request`, async (t) => {
      const { api, deploy } = await loading(t, { ...loads(movies), ...files });

      const { code, output } = await deploy();

      const name = what === 'is off' ? 'sample_mflix.movies' : 'shop.orders';
      assert.equal(code, 1);
      assert.equal(output, `Cannot deploy: the load of ${name} must have a trigger that is on: ${found}\n`);
      assert.deepEqual(api.requests, []);
    });

  for (const [what, config] of [
    ['a whole database', { database: 'shop', collection: undefined }],
    ['the whole cluster', { database: undefined, collection: undefined }],
  ] as const)
    it(`accepts a load whose trigger watches ${what}`, async (t) => {
      const trigger = databaseTrigger('lake-sync-all', config);
      const { api, deploy } = await loading(t, { ...loads(orders), 'triggers/lake-sync-all.json': trigger });

      const { code, output } = await deploy();

      assert.equal(code, 0, output);
      assert.deepEqual(entriesOf(onlyApp(api)), [orders]);
    });
});

async function loading(t: TestContext, files: Files) {
  return await setUp(t, { files: { ...loadingFiles, ...files } });
}

function entriesOf(app: AdminApp): readonly unknown[] {
  const value = app.named('values', 'initialLoads')?.['value'] ?? [];
  assert(Array.isArray(value));
  return value;
}

function expectTriggers(app: AdminApp): void {
  const watched = app
    .all('triggers')
    .filter(({ disabled }) => disabled === false)
    .map(({ config }) => (isRecord(config) ? `${config['database']}.${config['collection']}` : ''));
  for (const entry of entriesOf(app)) {
    assert(isRecord(entry));
    assert(watched.includes(`${entry['database']}.${entry['collection']}`), JSON.stringify(entry));
  }
}
