import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSync } from '../../../local/atlas-configure/read-sync.ts';
import { smallSync } from '../../support/configure.ts';

const keyed = 'https://shop.azurewebsites.net/api/change-events?code=c0ffee';
const [watched] = smallSync.watch;

describe('readSync()', () => {
  it('reads the required members, and uses the defaults for the rest', async () => {
    const read = await readSync(JSON.stringify(smallSync));

    assert.deepEqual(read, {
      kind: 'read',
      sync: {
        ...smallSync,
        region: { deploymentModel: 'LOCAL', providerRegion: 'azure-westeurope', location: 'DE-FF' },
        drainEveryMinutes: 1,
        batchEvents: 1000,
        batchSeconds: 60,
        watch: [
          {
            database: 'shop',
            collection: 'orders',
            function: 'forwardChangeEvent',
            ordered: true,
            preImages: true,
            enabled: true,
            initialLoad: false,
          },
        ],
      },
    });
  });

  it('reads every member', async () => {
    const entry = {
      function: 'bufferChangeEvent',
      ordered: false,
      preImages: false,
      enabled: false,
      initialLoad: false,
    };
    const limits = { shardKey: ['region'], documentsPerSecond: 500, filter: { year: { $gte: 2025 } } };
    const all = {
      ...smallSync,
      region: { deploymentModel: 'GLOBAL', providerRegion: 'aws-eu-west-1' },
      drainEveryMinutes: 30,
      batchEvents: 1,
      batchSeconds: 3600,
      watch: [
        { collection: 'shop.orders', ...entry },
        { database: 'crm' },
        { ...watched, collection: 'shop.items', initialLoad: true },
        { ...watched, collection: 'shop.returns', initialLoad: limits },
      ],
    };

    const read = await readSync(JSON.stringify(all));

    assert.partialDeepStrictEqual(read, {
      kind: 'read',
      sync: {
        region: { location: 'IE' },
        drainEveryMinutes: 30,
        batchEvents: 1,
        batchSeconds: 3600,
        watch: [
          { database: 'shop', collection: 'orders', ...entry },
          { database: 'crm', preImages: false },
          { collection: 'items', enabled: true, initialLoad: true },
          { collection: 'returns', initialLoad: limits },
        ],
      },
    });
  });

  const accepted: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['a collection with dots in its name', { watch: [{ collection: 'shop.orders.2026' }] }],
    ['the longest names', { app: 'a'.repeat(32), watch: [{ collection: `${'d'.repeat(63)}.${'c'.repeat(191)}` }] }],
    ['a receiver on this machine', { receiverUrl: 'http://localhost:7071/api/change-events' }],
    ['an address in capitals', { receiverUrl: smallSync.receiverUrl.replace('https:', 'HTTPS:') }],
    ['a line break in the name of a collection', { watch: [{ collection: 'shop.a\nb' }] }],
    ['a receiver behind a gateway', { receiverUrl: 'https://api.example.com/lake/api/change-events' }],
    ['a region without an older name', { region: { providerRegion: 'gcp-us-central1' } }],
    ['a collection that is stopped, in a database', { watch: [{ database: 'shop' }, { ...watched, enabled: false }] }],
    ['two names that differ by case', { watch: [{ collection: 'shop.a' }, { collection: 'shop.A' }] }],
  ];
  for (const [what, change] of accepted) {
    it(`accepts ${what}`, async () => {
      assert.equal((await readSync(JSON.stringify({ ...smallSync, ...change }))).kind, 'read');
    });
  }

  const refused: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ app: undefined }, /^"app" must be 1 to 32 letters, digits, _ and -: it is missing$/],
    [{ app: 'a'.repeat(33) }, /^"app" must be/],
    [{ app: 'my app' }, /^"app" must be .*: it is "my app"$/],
    [{ app: 7 }, /^"app" must be .*: it is 7$/],
    [{ cluster: 'Cluster_0' }, /^"cluster" must be the name of an Atlas cluster/],
    [{ cluster: '<cluster>' }, /^"cluster" must be/],
    [{ dataSource: '../other' }, /^"dataSource" must be 1 to 64/],
    [{ dataSource: 'a'.repeat(65) }, /^"dataSource" must be 1 to 64/],
    [{ recieverUrl: 'x' }, /^lake-sync.json must have no members but "app", .*"watch": it has "recieverUrl"$/],
    [{ region: undefined }, /^"region" must be an object such as .*: it is missing$/],
    [{ region: 'azure-eastus2' }, /^"region" must be an object such as .*: it is "azure-eastus2"$/],
    [{ region: { providerRegion: 'azure-eastus' } }, /^"region.providerRegion" must be one of azure-eastus2, /],
    [
      { region: { providerRegion: 'azure-eastus2', deploymentModel: 'Local' } },
      /^"region.deploymentModel" must be "LOCAL" or/,
    ],
    [
      { region: { providerRegion: 'azure-eastus2', deploymentModel: 'GLOBAL' } },
      /must be one of aws-.* for a GLOBAL app/,
    ],
    [
      { region: { providerRegion: 'azure-eastus2', provider: 'azure' } },
      /^"region" must have no members but .*"provider"$/,
    ],
    [
      { drainEveryMinutes: 7 },
      /^"drainEveryMinutes" must be a whole number from 1 to 60 that is a divisor of 60: it is 7$/,
    ],
    [{ drainEveryMinutes: 0 }, /^"drainEveryMinutes" must/],
    [{ drainEveryMinutes: '5' }, /^"drainEveryMinutes" must .*: it is "5"$/],
    [{ batchEvents: 1001 }, /^"batchEvents" must be a whole number from 1 to 1000: it is 1001$/],
    [{ batchEvents: 0 }, /^"batchEvents" must/],
    [{ batchEvents: 1.5 }, /^"batchEvents" must/],
    [{ batchSeconds: 0 }, /^"batchSeconds" must be a whole number from 1 to 3600: it is 0$/],
    [{ batchSeconds: 3601 }, /^"batchSeconds" must/],
    [{ receiverUrl: undefined }, /^"receiverUrl" must be the whole address of the receiver: it is missing$/],
    [{ receiverUrl: '' }, /^"receiverUrl" must be the whole address/],
    [{ receiverUrl: { key: 'c0ffee' } }, /^"receiverUrl" must be the whole address of the receiver: it is an object$/],
    [
      { receiverUrl: ` ${smallSync.receiverUrl}` },
      /^"receiverUrl" must be the whole address of the receiver: it is " /,
    ],
    [{ $schema: 7 }, /^"\$schema" must be a text: it is 7$/],
    [{ app: 'shop\n' }, /^"app" must be/],
    [{ receiverUrl: 'shop.azurewebsites.net' }, /^"receiverUrl" must be the whole address/],
    [
      { receiverUrl: 'http://shop.azurewebsites.net/api/change-events' },
      /^"receiverUrl" must be an https:\/\/ address/,
    ],
    [
      { receiverUrl: 'https://shop.azurewebsites.net/' },
      /^"receiverUrl" must be an address that ends in \/api\/change-events/,
    ],
    [{ receiverUrl: 'https://shop.azurewebsites.net/api/change-events/' }, /ends in \/api\/change-events: it is/],
    [{ receiverUrl: keyed }, /put a key into the secret lakeReceiverKey$/],
    [{ receiverUrl: 'https://me:c0ffee@shop.example/api/change-events' }, /put a key into the secret lakeReceiverKey$/],
    [{ receiverUrl: 'https://shop.example/api/change-events#c0ffee' }, /put a key into the secret lakeReceiverKey$/],
    [{ receiverUrl: `\u0001${smallSync.receiverUrl}` }, /^"receiverUrl" must be the whole address of the receiver/],
    [{ region: [{ receiverUrl: keyed }] }, /^"region" must be an object such as .*: it is a list$/],
    [{ app: { receiverUrl: keyed } }, /^"app" must be .*: it is an object$/],
    [{ receiverUrl: `shop?code=c0ffee` }, /^"receiverUrl" must be the whole address of the receiver: it is "shop"$/],
    [
      { receiverUrl: 'http://me:c0ffee@shop.example/api/change-events' },
      /it is "http:\/\/shop.example\/api\/change-events"$/,
    ],
    [{ receiverUrl: keyed.replace('https:', 'http:') }, /^"receiverUrl" must be an https:\/\/ address/],
    [{ watch: undefined }, /^"watch" must be a list of at least one collection or database: it is missing$/],
    [{ watch: [] }, /^"watch" must be a list .*: it is \[\]$/],
    [{ watch: ['shop.orders'] }, /^"watch\[0\]" must be an object such as .*: it is "shop.orders"$/],
    [
      { watch: [watched, { ordered: true }] },
      /^"watch\[1\]" must have either "collection" or "database": it has neither$/,
    ],
    [{ watch: [{ ...watched, database: 'crm' }] }, /^"watch\[0\]" must have either .*: it has both$/],
    [
      { watch: [{ ...watched, orderd: true }] },
      /^"watch\[0\]" must have no members but "collection", .*: it has "orderd"$/,
    ],
    [{ watch: [{ ...watched, match: {} }] }, /^"watch\[0\]" must have no members but .*: it has "match"$/],
    [
      { watch: [{ ...watched, function: 'drainOutbox' }] },
      /^"watch\[0\].function" must be "forwardChangeEvent" or "bufferChangeEvent"/,
    ],
    [{ watch: [{ ...watched, ordered: 'yes' }] }, /^"watch\[0\].ordered" must be true or false: it is "yes"$/],
    [{ watch: [{ ...watched, enabled: null }] }, /^"watch\[0\].enabled" must be true or false: it is null$/],
    [
      { watch: [{ database: 'shop', preImages: true }] },
      /^"watch\[0\].preImages" must be false if .* collections only: it is true$/,
    ],
    [
      { watch: [{ database: 'shop', initialLoad: true }] },
      /^"watch\[0\].initialLoad" must be false if .* one by one: it is true$/,
    ],
    ...(
      [
        ['yes', /^"watch\[0\].initialLoad" must be true, false, or an object such as .*: it is "yes"$/],
        [
          { shardKeys: ['a'] },
          /^"watch\[0\].initialLoad" must have no members but "shardKey", .*: it has "shardKeys"$/,
        ],
        [{ shardKey: 'a' }, /^"watch\[0\].initialLoad.shardKey" must be a list of field names.*: it is "a"$/],
        [{ shardKey: [] }, /^"watch\[0\].initialLoad.shardKey" must be a list of field names.*: it is \[\]$/],
        [{ shardKey: ['a', ''] }, /^"watch\[0\].initialLoad.shardKey\[1\]" must be the name of a field: it is ""$/],
        [{ documentsPerSecond: 0 }, /^"watch\[0\].initialLoad.documentsPerSecond" must be a number above 0: it is 0$/],
        [{ filter: ['c0ffee'] }, /^"watch\[0\].initialLoad.filter" must be a query, such as .*: it is a list$/],
      ] as const
    ).map(([initialLoad, problem]) => [{ watch: [{ ...watched, initialLoad }] }, problem] as const),
    [
      { watch: [{ database: 'shop', initialLoad: {} }] },
      /^"watch\[0\].initialLoad" must be false if .* one by one: it is an object$/,
    ],
    [
      { watch: [{ ...watched, enabled: false, initialLoad: true }] },
      /^"watch\[0\].initialLoad" must be false if "enabled" is false, because a load needs its trigger on: it is true$/,
    ],
    [
      { watch: [{ collection: 'orders' }] },
      /^"watch\[0\].collection" must be "<database>.<collection>": it is "orders"$/,
    ],
    [
      { watch: [{ collection: '.orders' }] },
      /^"watch\[0\].collection" must be in a database whose name has 1 to 63 bytes/,
    ],
    [{ watch: [{ collection: 'shop.' }] }, /^"watch\[0\].collection" must be a collection whose name is not empty/],
    [{ watch: [{ collection: 'shop.a$b' }] }, /must be a collection whose name .* has no \$/],
    [{ watch: [{ collection: 'shop.a\u0000' }] }, /must be a collection whose name/],
    [{ watch: [{ collection: 'shop.system.users' }] }, /does not begin with "\." or "system\."/],
    [{ watch: [{ collection: 'shop..orders' }] }, /does not begin with "\."/],
    [{ watch: [{ collection: `shop.${'é'.repeat(125)}x` }] }, /has at most 255 bytes/],
    [{ watch: [{ database: '' }] }, /^"watch\[0\].database" must be the name of a database: it is ""$/],
    [{ watch: [{ database: 7 }] }, /^"watch\[0\].database" must be the name of a database: it is 7$/],
    [{ watch: [{ database: 'shop.orders' }] }, /^"watch\[0\].database" must be in a database whose name/],
    [{ watch: [{ database: 'é'.repeat(32) }] }, /1 to 63 bytes/],
    ...['a/b', 'a\\b', 'a b', 'a"b', 'a$b', 'a\u0000b'].map((database): [{ watch: unknown }, RegExp] => [
      { watch: [{ database }] },
      /^"watch\[0\].database" must be in a database whose name has 1 to 63 bytes, without any of/,
    ]),
    ...['admin', 'local', 'config', 'atlas_lake_sync', 'Admin'].map((database): [{ watch: unknown }, RegExp] => [
      { watch: [{ database }] },
      /^"watch\[0\].database" must be in another database than admin, .*, which cannot be watched/,
    ]),
    [
      { watch: [{ collection: 'atlas_lake_sync.outbox' }] },
      /^"watch\[0\].collection" must be in another database than/,
    ],
    [
      { watch: [watched, { ...watched, enabled: false }] },
      /^"watch" must name "shop.orders" once: it is there more than once$/,
    ],
    [
      { watch: [watched, { database: 'shop' }] },
      /^"watch" must not name a collection of a database that it watches whole: it has "shop.orders" and "shop"$/,
    ],
  ];
  for (const [change, problem] of refused) {
    it(`refuses ${JSON.stringify(change) === '{}' ? `no ${Object.keys(change)}` : JSON.stringify(change).slice(0, 100)}`, async () => {
      const read = await readSync(JSON.stringify({ ...smallSync, ...change }));

      assert(read.kind === 'invalid');
      assert.equal(read.problems.length, 1, read.problems.join('\n'));
      assert.match(read.problems[0] ?? '', problem);
      assert.doesNotMatch(read.problems.join('\n'), /c0ffee/);
    });
  }

  const texts: readonly (readonly [string, string, RegExp])[] = [
    ['a comment', '{\n  // mine\n  "app": 1 }', /^lake-sync.json must be JSON: line 2, column 3: /],
    ['a trailing comma', '{ "app": "a",\n}', /^lake-sync.json must be JSON: line 1, column 13: /],
    ['a word', '{ "app": yes }', /^lake-sync.json must be JSON: line 1, column 10: /],
    ['nothing', '', /^lake-sync.json must be JSON: line 1, column 1: /],
    [
      'a member twice',
      '{ "app": "a",\n  "app": "b" }',
      /^lake-sync.json must name each member once: line 2, column 3: .*"app"/,
    ],
    ['a list', '[]', /^lake-sync.json must be one object: it is \[\]$/],
    [
      'a list with a key',
      JSON.stringify([{ receiverUrl: keyed }]),
      /^lake-sync.json must be one object: it is a list$/,
    ],
  ];
  for (const [what, text, problem] of texts) {
    it(`names the place of ${what}`, async () => {
      const read = await readSync(text);

      assert(read.kind === 'invalid');
      assert.match(read.problems.join('\n'), problem);
    });
  }

  it('ignores the byte order mark of some editors', async () => {
    assert.equal((await readSync(`\uFEFF${JSON.stringify(smallSync)}`)).kind, 'read');
  });

  it('names every problem at once', async () => {
    const read = await readSync(JSON.stringify({ app: '', watch: [{ collection: 'x' }, { ordered: 1 }], size: 1 }));

    assert(read.kind === 'invalid');
    assert.equal(read.problems.length, 9, read.problems.join('\n'));
  });
});
