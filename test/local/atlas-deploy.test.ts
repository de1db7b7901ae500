import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { databaseTrigger, functionSource, moviesTrigger, writeFiles } from '../support/app-folders.ts';
import { secret } from '../support/deliveries.ts';
import { onlyApp, setUp } from '../support/deployments.ts';

describe('npm run atlas:deploy', () => {
  it('creates the app and all its parts, triggers last', async (t) => {
    const { api, folder, deploy } = await setUp(t);

    const { code, output } = await deploy();

    const app = onlyApp(api);
    const movies = app.named('triggers', moviesTrigger);
    assert.equal(code, 0, output);
    assert.deepEqual(api.writes(), [
      'POST /apps',
      'POST /services',
      ...Array(2).fill('POST /secrets'),
      ...Array(4).fill('POST /values'),
      ...Array(4).fill('POST /functions'),
      ...Array(2).fill('POST /triggers'),
    ]);
    assert.deepEqual(api.requests.find(({ method, path }) => method === 'POST' && path.endsWith('/apps'))?.body, {
      name: 'atlas-lake-sync',
      location: 'IE',
      deployment_model: 'LOCAL',
      provider_region: 'azure-westeurope',
    });
    assert.deepEqual(app.named('secrets', 'lakeSigningSecret')?.['value'], secret);
    assert.partialDeepStrictEqual(app.named('values', 'lakeReceiverKey'), {
      value: 'lakeReceiverKey',
      from_secret: true,
    });
    assert.partialDeepStrictEqual(app.named('functions', 'drainOutbox'), {
      private: true,
      run_as_system: true,
      disable_arg_logs: true,
      source: functionSource('drainOutbox'),
    });
    const { service_name: _, ...config } = databaseTrigger().config;
    assert.deepEqual(movies?.['config'], { ...config, service_id: app.named('services', 'mongodb-atlas')?.['_id'] });
    assert.equal(movies?.['function_id'], app.named('functions', 'forwardChangeEvent')?.['_id']);
    assert.match(output, new RegExp(`^App atlas-lake-sync in project [0-9a-f]{24}, from ${folder}$`, 'm'));
    assert.match(output, /^ {2}create {2}trigger {6}drainOutbox$/m);
    assert.match(output, /^Done: 14 changes, which are live now$/m);
    assert.match(output, new RegExp(`^ {2}drainOutbox {20}enabled\n {2}${moviesTrigger} {2}enabled$`, 'm'));
  });

  it('shows the plan and writes nothing with --dry-run', async (t) => {
    const { api, deploy } = await setUp(t);

    const { code, output } = await deploy({}, '--dry-run');

    assert.equal(code, 0, output);
    assert.deepEqual([api.writes(), api.apps()], [[], []]);
    assert.match(output, /^ {2}create {2}secret {7}lakeReceiverKey$/m);
    assert.match(output, /^Nothing was changed: --dry-run$/m);
  });

  it('writes only the secrets when it is repeated', async (t) => {
    const { api, deploy } = await setUp(t);
    await deploy();
    const before = api.writes().length;

    const { code, output } = await deploy();

    assert.equal(code, 0, output);
    assert.deepEqual(api.writes().slice(before), ['PUT /secrets', 'PUT /secrets']);
    assert.match(output, /^ {2}keep {4}function {5}forwardChangeEvent$/m);
    assert.match(output, /^Atlas agrees with the folder: only secrets were sent again \(2\)$/m);
  });

  it('writes nothing at all when it is repeated without secrets', async (t) => {
    const { api, deploy } = await setUp(t);
    await deploy();
    const before = api.writes().length;

    const { code, output } = await deploy({ LAKE_RECEIVER_KEY: undefined, LAKE_SIGNING_SECRET: undefined });

    assert.equal(code, 0, output);
    assert.deepEqual(api.writes().slice(before), []);
    assert.match(output, /^ {2}keep {4}secret {7}lakeSigningSecret {2}\(LAKE_SIGNING_SECRET is not set\)$/m);
    assert.match(output, /^Atlas agrees with the folder: nothing was changed$/m);
    assert.match(output, /^ {2}drainOutbox +enabled$/m);
  });

  it('sends a new secret to the place of the old one', async (t) => {
    const { api, deploy } = await setUp(t);
    await deploy();
    const rotated = `whsec_${Buffer.alloc(32, 'r').toString('base64')}`;

    const { code } = await deploy({ LAKE_SIGNING_SECRET: rotated });

    assert.equal(code, 0);
    assert.equal(onlyApp(api).named('secrets', 'lakeSigningSecret')?.['value'], rotated);
    assert.equal(onlyApp(api).all('secrets').length, 2);
  });

  it('updates only the parts that changed in the folder', async (t) => {
    const { api, folder, deploy } = await setUp(t);
    await deploy();
    const before = api.writes().length;
    await writeFiles(folder, {
      'functions/drainOutbox.js': `${functionSource('drainOutbox')}// changed\n`,
      'values/lakeReceiverUrl.json': { name: 'lakeReceiverUrl', value: 'https://new.example/api/change-events' },
      [`triggers/${moviesTrigger}.json`]: databaseTrigger(moviesTrigger, { unordered: true }, 'bufferChangeEvent'),
    });

    const { code, output } = await deploy({ LAKE_RECEIVER_KEY: undefined, LAKE_SIGNING_SECRET: undefined });

    const app = onlyApp(api);
    assert.equal(code, 0, output);
    assert.deepEqual(api.writes().slice(before), ['PUT /values', 'PUT /functions', 'PUT /triggers']);
    assert.match(output, new RegExp(`^ {2}update {2}trigger {6}${moviesTrigger} {2}\\(function, unordered\\)$`, 'm'));
    assert.match(String(app.named('functions', 'drainOutbox')?.['source']), /changed/);
    assert.equal(
      app.named('triggers', moviesTrigger)?.['function_id'],
      app.named('functions', 'bufferChangeEvent')?.['_id'],
    );
  });

  it('continues after a run that failed', async (t) => {
    const { api, deploy } = await setUp(t);
    const isTrigger = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.endsWith('/triggers');
    api.answerWith(isTrigger, { status: 500, body: '{"error":"an internal error"}' });

    const first = await deploy();
    const second = await deploy();

    assert.equal(first.code, 1);
    assert.match(
      first.output,
      /^Cannot create trigger drainOutbox: Atlas must be able to answer \(wait, then run the command again\): Atlas answered 500: an internal error$/m,
    );
    assert.match(first.output, /^12 of 14 changes were made\. Run the command again to continue\.$/m);
    assert.equal(second.code, 0, second.output);
    assert.deepEqual(api.writes().slice(-4), ['PUT /secrets', 'PUT /secrets', 'POST /triggers', 'POST /triggers']);
  });

  it('finds the app of the Triggers page, and leaves the parts of others', async (t) => {
    const { api, folder, deploy } = await setUp(t);
    const app = api.makeApp('Triggers', 'atlas');
    app.put('functions', { name: 'sendMail', source: 'exports = () => 1' });
    app.put('triggers', {
      name: 'nightly',
      type: 'SCHEDULED',
      function_name: 'sendMail',
      config: { schedule: '0 3 * * *' },
    });
    app.put('triggers', { name: 'lake-sync-old', type: 'DATABASE', function_name: 'forwardChangeEvent', config: {} });
    const foreign = app.all('triggers');
    await writeFiles(folder, { 'realm_config.json': { name: 'Triggers' }, 'root_config.json': undefined });

    const { code, output } = await deploy();

    assert.equal(code, 0, output);
    assert.equal(api.apps().length, 1);
    assert.deepEqual(app.all('triggers').slice(0, 2), foreign);
    assert.match(output, /^ {2}leave {3}function {5}sendMail {2}\(not in the folder\)$/m);
    assert.match(output, /^ {2}leave {3}trigger {6}nightly {2}\(not in the folder\)$/m);
    assert.match(
      output,
      /lake-sync-old {2}\(no longer in the folder, and still sends: disable or delete it in the Atlas UI\)/,
    );
  });

  it('accepts the app folder of this repository with an address', async (t) => {
    const { api, folder, deploy } = await setUp(t);
    await rm(folder, { recursive: true });
    await cp(join(root, 'atlas-app'), folder, { recursive: true });
    const url = { name: 'lakeReceiverUrl', value: 'https://receiver.example/api/change-events', from_secret: false };
    await writeFiles(folder, { 'values/lakeReceiverUrl.json': url });

    const first = await deploy();
    const before = api.writes().length;
    const second = await deploy();

    assert.equal(first.code, 0, first.output);
    assert.equal(second.code, 0, second.output);
    assert.deepEqual(api.writes().slice(before), ['PUT /secrets', 'PUT /secrets']);
  });

  it('refuses to choose between two apps of one name', async (t) => {
    const { api, deploy } = await setUp(t);
    api.makeApp('atlas-lake-sync');
    api.makeApp('atlas-lake-sync', 'atlas');

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot choose an app: only one app of the project must have the name "atlas-lake-sync": there are 2$/m,
    );
  });

  it('accepts a receiver on this machine without key and secret', async (t) => {
    const { api, folder, deploy } = await setUp(t);
    await writeFiles(folder, {
      'values/lakeReceiverUrl.json': { name: 'lakeReceiverUrl', value: 'http://localhost:7071/api/change-events' },
    });

    const { code, output } = await deploy({ LAKE_RECEIVER_KEY: undefined, LAKE_SIGNING_SECRET: undefined });

    assert.equal(code, 0, output);
    assert.deepEqual(onlyApp(api).all('secrets'), []);
    assert.equal(onlyApp(api).named('values', 'lakeReceiverKey'), undefined);
    assert.match(output, /^ {2}skip {4}value {8}lakeSigningSecret {2}\(it has no secret\)$/m);
  });

  it('creates no empty secret for a receiver without secrets', async (t) => {
    const { api, deploy } = await setUp(t);

    const { code, output } = await deploy({ LAKE_RECEIVER_KEY: '' });

    assert.equal(code, 0, output);
    assert.deepEqual(
      onlyApp(api)
        .all('secrets')
        .map(({ name }) => name),
      ['lakeSigningSecret'],
    );
  });
});
