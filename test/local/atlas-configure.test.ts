import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { placeholderUrl } from '../../local/atlas-configure/lake-sync.ts';
import { loadWithAppServices, loadWithRealmCli } from '../support/app-loader.ts';
import { appFolder, configure, filesOf, jsonIn, rewriteSync, smallSync } from '../support/configure.ts';

const written = [
  'data_sources/mongodb-atlas/config.json',
  'functions/config.json',
  'realm_config.json',
  'root_config.json',
  'triggers/lake-sync-drain.json',
  'triggers/lake-sync-load.json',
  'triggers/lake-sync-shop-orders.json',
  'values/initialLoads.json',
  'values/lakeBatchEvents.json',
  'values/lakeBatchSeconds.json',
  'values/lakeDataSource.json',
  'values/lakeReceiverKey.json',
  'values/lakeReceiverUrl.json',
  'values/lakeSigningSecret.json',
];

describe('npm run atlas:configure', () => {
  it('writes an app that both command lines accept', async (t) => {
    const folder = await appFolder(t, {
      ...smallSync,
      watch: [...smallSync.watch, { database: 'crm-eu' }],
      batchEvents: 200,
    });

    const { code, output } = await configure(folder);

    assert.equal(code, 0, output);
    for (const app of [loadWithRealmCli(folder), loadWithAppServices(folder)]) {
      assert.partialDeepStrictEqual(app.root, {
        name: 'shop-sync',
        provider_region: 'azure-westeurope',
        deployment_model: 'LOCAL',
      });
      assert.equal(app.triggers.length, 4);
    }
    assert.equal(loadWithRealmCli(folder).root['location'], 'DE-FF');
    assert.deepEqual(await jsonIn(folder, 'data_sources/mongodb-atlas/config.json'), {
      name: 'mongodb-atlas',
      type: 'mongodb-atlas',
      config: { clusterName: 'Cluster0', readPreference: 'primary', wireProtocolEnabled: false },
    });
  });

  it('gives the functions their values, and only the names of secrets', async (t) => {
    const folder = await appFolder(t, { ...smallSync, dataSource: 'main', batchEvents: 200, batchSeconds: 30 });

    await configure(folder);

    const { values } = loadWithRealmCli(folder);
    assert.deepEqual(
      Object.fromEntries(values.map((value) => [value?.['name'], [value?.['from_secret'], value?.['value']]])),
      {
        lakeReceiverUrl: [false, smallSync.receiverUrl],
        lakeDataSource: [false, 'main'],
        lakeBatchEvents: [false, 200],
        lakeBatchSeconds: [false, 30],
        initialLoads: [false, []],
        lakeReceiverKey: [true, 'lakeReceiverKey'],
        lakeSigningSecret: [true, 'lakeSigningSecret'],
      },
    );
  });

  it('lists a collection in initialLoads only if lake-sync.json says so', async (t) => {
    const watch = [
      { collection: 'shop.orders', initialLoad: true },
      { collection: 'shop.items' },
      { collection: 'shop.carts', initialLoad: false },
    ];
    const folder = await appFolder(t, { ...smallSync, watch });

    await configure(folder);

    assert.deepEqual(await jsonIn(folder, 'values/initialLoads.json'), {
      name: 'initialLoads',
      from_secret: false,
      value: [{ database: 'shop', collection: 'orders' }],
    });
  });

  it('lists the files it wrote, and the second time that all are unchanged', async (t) => {
    const folder = await appFolder(t, smallSync);

    const first = await configure(folder);
    const files = await filesOf(folder);
    const second = await configure(folder);

    assert.match(
      first.output,
      /^Configured <app> from lake-sync\.json: 1 trigger on change events, two on a schedule$/m,
    );
    assert.deepEqual(pathsSaid(first.output, 'written'), written);
    assert.deepEqual([...files.keys()], written);
    assert.match(second.output, /^ {2}unchanged {2}14 files$/m);
    assert.deepEqual(pathsSaid(second.output, 'written'), []);
    assert.deepEqual(await filesOf(folder), files);
  });

  it('changes only the files that an edit of lake-sync.json changes', async (t) => {
    const folder = await appFolder(t, smallSync);
    await configure(folder);

    await rewriteSync(folder, { ...smallSync, drainEveryMinutes: 5, watch: [{ collection: 'shop.items' }] });
    const { output } = await configure(folder);

    assert.deepEqual(pathsSaid(output, 'changed'), ['triggers/lake-sync-drain.json']);
    assert.deepEqual(pathsSaid(output, 'written'), ['triggers/lake-sync-shop-items.json']);
    assert.deepEqual(pathsSaid(output, 'removed'), ['triggers/lake-sync-shop-orders.json']);
    assert(!(await filesOf(folder)).has('triggers/lake-sync-shop-orders.json'));
  });

  it('leaves the files of others in the app', async (t) => {
    const others = {
      'triggers/nightly.json': '{ "name": "nightly" }',
      'triggers/lake-sync-copy.json': '{ "name": "copy" }',
      'values/limit.json': '{ "name": "limit", "value": 3 }',
      'data_sources/archive/config.json': '{ "name": "archive", "version": 1 }',
      'functions/nightly.js': 'exports = () => {};',
    };
    const folder = await appFolder(t, smallSync, {
      ...others,
      'functions/config.json': '[{ "name": "nightly", "private": true }, { "name": "drainOutbox", "private": false }]',
    });

    const { output } = await configure(folder);

    const files = await filesOf(folder);
    for (const [path, text] of Object.entries(others)) assert.equal(files.get(path), text);
    assert.deepEqual(pathsSaid(output, 'kept'), ['triggers/lake-sync-copy.json', 'triggers/nightly.json']);
    const { configs } = loadWithRealmCli(folder).functions;
    assert.equal(configs.length, 6);
    assert.deepEqual(configs.at(-1), { name: 'nightly', private: true });
    assert.equal(configs.find((config) => config?.['name'] === 'drainOutbox')?.['private'], true);
  });

  it('removes its own triggers also after a pull renamed the file or an accident broke it', async (t) => {
    const folder = await appFolder(t, smallSync, {
      'triggers/renamed.json': '{ "name": "lake-sync-shop-items" }',
      'triggers/lake-sync-broken.json': '{',
    });

    const { output } = await configure(folder);

    assert.deepEqual(pathsSaid(output, 'removed'), ['triggers/lake-sync-broken.json', 'triggers/renamed.json']);
    assert.equal(loadWithRealmCli(folder).triggers.length, 3);
  });

  it('moves its data source to another name', async (t) => {
    const folder = await appFolder(t, smallSync);
    await configure(folder);

    await rewriteSync(folder, { ...smallSync, dataSource: 'main', cluster: 'Cluster1' });
    const { output } = await configure(folder);

    const app = loadWithRealmCli(folder);
    assert.deepEqual(pathsSaid(output, 'removed'), ['data_sources/mongodb-atlas/config.json']);
    assert.deepEqual(
      app.dataSources.map(({ config }) => config?.['name']),
      ['main'],
    );
    assert.deepEqual(
      app.triggers.map((trigger) => /"service_name":"(\w+)"/.exec(JSON.stringify(trigger))?.[1]),
      [undefined, undefined, 'main'],
    );
  });

  it('keeps a data source that has rules', async (t) => {
    const folder = await appFolder(t, smallSync);
    await configure(folder);
    const rules = { 'data_sources/mongodb-atlas/shop/orders/rules.json': '{ "roles": [] }' };
    await rewriteSync(folder, { ...smallSync, dataSource: 'main' });
    const other = await appFolder(
      t,
      { ...smallSync, dataSource: 'main' },
      {
        ...Object.fromEntries(await filesOf(folder)),
        ...rules,
      },
    );

    await configure(other);

    assert((await filesOf(other)).has('data_sources/mongodb-atlas/config.json'));
  });

  it('names every problem at once, and writes nothing', async (t) => {
    const folder = await appFolder(t, { ...smallSync, app: 'my app', watch: [{ collection: 'orders' }] });

    const { code, output } = await configure(folder);

    assert.equal(code, 1);
    assert.equal(
      output,
      [
        'Cannot configure: "app" must be 1 to 32 letters, digits, _ and -: it is "my app"',
        'Cannot configure: "watch[0].collection" must be "<database>.<collection>": it is "orders"',
        '',
      ].join('\n'),
    );
    assert.equal((await filesOf(folder)).size, 0);
  });

  it('says that there is no lake-sync.json', async (t) => {
    const folder = await appFolder(t, smallSync);
    await rm(join(folder, 'lake-sync.json'));

    const { code, output } = await configure(folder);

    assert.deepEqual(
      [code, output],
      [1, 'Cannot configure: <app>/lake-sync.json must be a file that can be read: ENOENT\n'],
    );
  });

  it('does not write over a list of functions that it cannot read', async (t) => {
    const folder = await appFolder(t, smallSync, { 'functions/config.json': '[{ "name": "nightly" },]' });

    const { code, output } = await configure(folder);

    assert.equal(code, 1);
    assert.match(output, /^Cannot configure: functions\/config\.json must be a JSON list/);
    assert.equal((await filesOf(folder)).get('functions/config.json'), '[{ "name": "nightly" },]');
  });

  it('names the folder that it cannot use', async (t) => {
    const folder = await appFolder(t, smallSync, { triggers: 'not a folder' });

    const { code, output } = await configure(folder);

    assert.deepEqual(
      [code, output],
      [1, 'Cannot configure: the app folder must be one that can be read and written: "<app>": ENOTDIR\n'],
    );
  });

  it('shows the next commands, with the names of the app', async (t) => {
    const folder = await appFolder(t, smallSync);

    const { output } = await configure(folder);

    const commands = output
      .split('\n')
      .filter((line) => line.startsWith('     '))
      .map((line) => line.trim());
    assert.deepEqual(commands.slice(2), [
      'npm run atlas:deploy -- --dry-run --app <app>',
      'npm run atlas:deploy -- --app <app>',
      ...['appservices', 'realm-cli'].flatMap((cli) => [
        `${cli} login`,
        `(cd "$(mktemp -d)" && ${cli} apps create --name shop-sync ${cli === 'realm-cli' ? '--location DE-FF' : '--provider-region azure-westeurope'} --deployment-model LOCAL)`,
        `${cli} secrets create --app shop-sync --name lakeReceiverKey`,
        `${cli} secrets create --app shop-sync --name lakeSigningSecret`,
        `${cli} push --local <app> --remote shop-sync --dry-run`,
        `${cli} push --local <app> --remote shop-sync`,
      ]),
    ]);
    assert.match(output, /A push deletes every trigger, function and\s+value of the target app that this folder lacks/);
    assert.doesNotMatch(output, /Warning|yet/);
  });

  it('warns at the end if the receiver has no address', async (t) => {
    const folder = await appFolder(t, { ...smallSync, receiverUrl: placeholderUrl });

    const { code, output } = await configure(folder);

    assert.equal(code, 0);
    assert.match(output.trimEnd().split('\n').at(-1) ?? '', /^Do not deploy or push yet: "receiverUrl" in <app>/);
  });

  it('warns of more change streams than a free cluster has, and of deletes without their document', async (t) => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ collection: `shop.${name}` }));
    const few = await appFolder(t, { ...smallSync, watch: [...five, { collection: 'shop.f', enabled: false }] });
    const many = await appFolder(t, { ...smallSync, watch: [...five, { database: 'crm' }] });

    const [quiet, loud] = await Promise.all([configure(few), configure(many)]);

    assert.doesNotMatch(quiet.output, /Warning/);
    assert.match(loud.output, /^Warning: this needs 6 change streams: a free cluster \(M0\) allows 5/m);
    assert.match(loud.output, /^Warning: deletes in crm have no document/m);
  });

  it('writes the initial loads, and warns that a push may begin them before their triggers', async (t) => {
    const limits = { shardKey: ['region'], documentsPerSecond: 500, filter: { year: 2026 } };
    const watch = [
      { collection: 'shop.orders', initialLoad: true },
      { collection: 'shop.items' },
      { collection: 'shop.returns', initialLoad: limits },
    ];
    const folder = await appFolder(t, { ...smallSync, watch });

    const { output } = await configure(folder);

    assert.deepEqual(await jsonIn(folder, 'values/initialLoads.json'), {
      name: 'initialLoads',
      from_secret: false,
      value: [
        { database: 'shop', collection: 'orders' },
        { database: 'shop', collection: 'returns', ...limits },
      ],
    });
    assert.match(output, /^Warning: a push may begin an initial load before its trigger: deploy, or push without /m);
  });
});

describe('npm run atlas:configure -- --check', () => {
  it('writes nothing, names what would change, and exits with 1', async (t) => {
    const folder = await appFolder(t, smallSync, { 'triggers/lake-sync-old.json': '{ "name": "lake-sync-old" }' });

    const { code, output } = await configure(folder, '--check');

    assert.equal(code, 1);
    assert.deepEqual(pathsSaid(output, 'written'), written);
    assert.deepEqual(pathsSaid(output, 'removed'), ['triggers/lake-sync-old.json']);
    assert.match(output, /^Cannot confirm <app>: it must be what npm run atlas:configure writes: these files differ$/m);
    assert.deepEqual([...(await filesOf(folder)).keys()], ['triggers/lake-sync-old.json']);
  });

  it('accepts the files of the command, and the files of others', async (t) => {
    const folder = await appFolder(t, smallSync, { 'triggers/nightly.json': '{ "name": "nightly" }' });
    await configure(folder);

    const { code, output } = await configure(folder, '--check');

    assert.deepEqual([code, output], [0, '<app> agrees with lake-sync.json\n']);
  });
});

function pathsSaid(output: string, kind: string): string[] {
  const lines = [...output.matchAll(/^ {2}(\w+) +(\S+)/gm)].filter(([, said]) => said === kind);
  return lines.map(([, , path = '']) => path).sort();
}
