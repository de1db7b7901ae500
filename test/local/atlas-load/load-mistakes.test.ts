// The mistakes of a person at npm run atlas:load, and the refusals of Atlas. Each message says what failed and what to
// do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployedLoads } from '../../support/deployed-loads.ts';

const orders = { database: 'shop', collection: 'orders' };

describe('npm run atlas:load, before any request', () => {
  for (const [args, message] of [
    [['--start', 'orders'], '--start must be <database>.<collection>, '],
    [['--pause', 'a.b', '--resume', 'a.b'], 'only one of --pause, --resume must be given: there are 2'],
    [['--start', 'a.b', '--rate', 'fast'], '--rate must be a number above 0: it is "fast"'],
    [['--start', 'a.b', '--rate', '0'], '--rate must be a number above 0: it is "0"'],
    [['--pause', 'a.b', '--rate', '5'], '--rate must come with --start, --resume or --restart: they are missing'],
    [['--rate', '5'], '--rate must come with --start, --resume or --restart: they are missing'],
    [
      ['--start', 'a.b', '--shard-key', 'a,,b'],
      '--shard-key must be field names with commas between, such as region,customer: it is "a,,b"',
    ],
    [['--resume', 'a.b', '--shard-key', 'x'], '--shard-key must come with --start or --restart: both are missing'],
  ] as const)
    it(`refuses ${args.join(' ')}`, async (t) => {
      const { api, load } = await deployedLoads(t);
      const before = api.requests.length;

      const { code, output } = await load(...args);

      assert.equal(code, 1);
      assert(output.startsWith(`Cannot load: ${message}`), output);
      assert.equal(api.requests.length, before);
    });

  it('names every problem at once', async (t) => {
    const { load } = await deployedLoads(t);

    const { output } = await load('--start', 'orders', '--rate', 'fast');

    assert.deepEqual(output.match(/^Cannot load: --\w+/gm), ['Cannot load: --rate', 'Cannot load: --start']);
  });
});

describe('npm run atlas:load, a change that the state of the load does not allow', () => {
  for (const [kind, state, message] of [
    ['start', 'running', 'it must not have begun: its state is running: --watch shows it'],
    ['start', 'paused', 'it must not have begun: its state is paused: --resume continues it'],
    ['start', 'done', 'it must not have begun: its state is done: --restart loads the collection again'],
    ['start', 'failed', 'it must not have begun: its state is failed: --restart begins it again'],
    ['pause', 'missing', 'it must be running: its state is missing: --start begins it'],
    ['pause', 'paused', 'it must be running: its state is paused: --resume continues it'],
    ['pause', 'done', 'it must be running: its state is done: --restart loads the collection again'],
    ['resume', 'missing', 'it must be paused: its state is missing: --start begins it'],
    ['resume', 'running', 'it must be paused: its state is running: --watch shows it'],
    ['resume', 'done', 'it must be paused: its state is done: --restart loads the collection again'],
  ] as const)
    it(`refuses to ${kind} a load that is ${state}`, async (t) => {
      const { load, put, entries, is } = await deployedLoads(t);
      const wanted = state === 'missing' ? [] : [{ ...orders, ...(state === 'paused' ? { paused: true } : {}) }];
      put(wanted);
      if (state !== 'missing') await is(state);

      const { code, output } = await load(`--${kind}`, 'shop.orders');

      assert.equal(code, 1);
      assert.equal(output, `Cannot ${kind} the load of shop.orders: ${message}\n`);
      assert.deepEqual(entries(), wanted);
    });

  it('refuses to start a load twice in the same minute', async (t) => {
    const { load, entries } = await deployedLoads(t);
    await load('--start', 'shop.orders');

    const { code, output } = await load('--start', 'shop.orders');

    assert.equal(code, 1);
    assert.match(output, /its state is waiting: --watch shows it$/m);
    assert.deepEqual(entries(), [orders]);
  });

  for (const state of ['missing', 'running', 'paused', 'done', 'failed'])
    it(`restarts a load that is ${state}`, async (t) => {
      const { load, put, entries, is } = await deployedLoads(t);
      put(state === 'missing' ? [] : [{ ...orders, paused: true }]);
      if (state !== 'missing') await is(state);

      const { code } = await load('--restart', 'shop.orders');

      assert.equal(code, 0);
      assert.deepEqual(Object.keys(Object(entries()[0])), ['database', 'collection', 'restart']);
    });

  it('starts a load again whose entry somebody has removed', async (t) => {
    const { load, entries, is } = await deployedLoads(t);
    await is('running');

    assert.equal((await load('--start', 'shop.orders')).code, 0);
    assert.deepEqual(entries(), [orders]);
  });
});

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
      const wrong = [{ ...orders, collection: 'other', paused: 7 }, { ...orders, database, filter: 7 }];
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
    it(`refuses a start if the trigger stands still: ${Object.keys(members)}`, async (t) => {
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

describe('npm run atlas:load, refusals of Atlas', () => {
  it('says that the API key is wrong', async (t) => {
    const { loadWith } = await deployedLoads(t);

    const { code, output } = await loadWith({ ATLAS_PRIVATE_KEY: 'another-private-key' });

    assert.equal(code, 1);
    assert.match(output, /^Cannot sign in to Atlas: ATLAS_PUBLIC_KEY and ATLAS_PRIVATE_KEY must be an API key .* 401 /);
    assert.doesNotMatch(output, /another-private-key/);
  });

  it('says that the project is wrong', async (t) => {
    const { loadWith } = await deployedLoads(t);

    const { code, output } = await loadWith({ ATLAS_PROJECT_ID: 'f'.repeat(24) });

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot list the apps: ATLAS_PROJECT_ID must be a project of the API key: Atlas answered 404 /,
    );
  });

  it('says that the project has no such app', async (t) => {
    const { api, load } = await deployedLoads(t);
    api.answerWith(({ path }) => /\/apps(\?|$)/.test(path), { status: 200, body: '[]' }, 2);

    const { code, output } = await load('--start', 'shop.orders');

    assert.equal(code, 1);
    assert.equal(
      output,
      'Cannot load: the project must have the app atlas-lake-sync: it is missing: npm run atlas:deploy creates it\n',
    );
  });

  it('says that the API key lacks a role, and changes nothing', async (t) => {
    const { api, load, entries } = await deployedLoads(t);
    const forbidden = { status: 403, body: '{"error":"forbidden","error_code":"Forbidden"}' };
    api.answerWith(({ method, path }) => method !== 'GET' && path.endsWith('/values'), forbidden);

    const { code, output } = await load('--start', 'shop.orders');

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot write the Value initialLoads: the API key must have the role Project Owner in the project, .* 403 \(Forbidden\)/,
    );
    assert.deepEqual(entries(), []);
  });

  it('waits as long as a 429 says, and gives up after five tries', async (t) => {
    const { api, load } = await deployedLoads(t);
    const slowDown = { status: 429, body: '', headers: { 'retry-after': '0' } };
    const isList = ({ path }: { readonly path: string }) => path.endsWith('/values');

    api.answerWith(isList, slowDown, 4);
    assert.equal((await load('--start', 'shop.orders')).code, 0);
    api.answerWith(isList, slowDown, 5);
    const { code, output } = await load();

    assert.equal(code, 1);
    assert.equal(
      output,
      'Cannot list values: the API key must have requests left (wait, then run the command again): Atlas answered 429\n',
    );
  });

  it('says that Atlas cannot be reached', async (t) => {
    const { loadWith } = await deployedLoads(t);

    const { code, output } = await loadWith({ ATLAS_ADMIN_API: 'http://127.0.0.1:9/api/admin/v3.0' });

    assert.equal(code, 1);
    assert.match(output, /^Cannot reach Atlas: http:\/\/127\.0\.0\.1:9 must answer: \S+/);
  });

  for (const path of ['/login', '/apps', '/values', '/functions', '/triggers'])
    it(`blames Atlas for a 500 of ${path}`, async (t) => {
      const { api, load, entries } = await deployedLoads(t);
      api.answerWith((request) => request.path.endsWith(path), { status: 500, body: '<html>' });

      const { code, output } = await load('--start', 'shop.orders');

      assert.equal(code, 1);
      assert.match(
        output,
        /^Cannot .*: Atlas must be able to answer \(wait, then run the command again\): Atlas answered 500$/m,
      );
      assert.deepEqual(entries(), []);
    });

  for (const body of ['{"result":', '<html>sign in</html>', 'null', '{"result":"[]"}', '{"result":5}', '{"error":{}}'])
    it(`says that the answer about loads is not in order: ${body}`, async (t) => {
      const { api, load } = await deployedLoads(t);
      api.answerWith(({ path }) => path.includes('execute_function_source'), { status: 200, body });

      const { code, output } = await load();

      assert.equal(code, 1);
      assert.match(
        output,
        /^Cannot read the state of the loads: .* must (answer with JSON|return a result|return a JSON object)/,
      );
    });
});
