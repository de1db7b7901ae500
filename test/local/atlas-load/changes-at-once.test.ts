// A deployment and npm run atlas:load change the same Value. Each of them must keep what the other one has changed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countedOperations } from '../../../local/atlas/atlas-database.ts';
import type { RecordedRequest } from '../../support/admin-api.ts';
import type { AdminApp } from '../../support/admin-app.ts';
import { databaseTrigger, type Files } from '../../support/app-folders.ts';
import { deployedLoads } from '../../support/deployed-loads.ts';

const orders = { database: 'shop', collection: 'orders' };
const returns = { database: 'shop', collection: 'returns' };

const folderWith = (...value: readonly unknown[]): Files => ({
  'values/initialLoads.json': { name: 'initialLoads', value, from_secret: false },
  'triggers/lake-sync-shop-orders.json': databaseTrigger('lake-sync-shop-orders', orders),
  'triggers/lake-sync-shop-returns.json': databaseTrigger('lake-sync-shop-returns', returns),
});

/** After the plan: the first deployment of a trigger. */
const isDeploying = ({ method, path }: RecordedRequest) => method === 'POST' && path.endsWith('/triggers');
/** After the plan too, and before Values. */
const isSettingSecrets = ({ method, path }: RecordedRequest) => method === 'POST' && path.endsWith('/secrets');
/** After the command has read the Value: its question for documents. */
const isAsking = ({ path, body }: RecordedRequest) =>
  path.includes('execute_function_source') && JSON.stringify(body).includes('hasDocuments');

describe('npm run atlas:deploy beside npm run atlas:load', () => {
  it('keeps a load that is paused after the plan', async (t) => {
    const { api, deploy, load, put, is, entries } = await deployedLoads(t, folderWith(orders, returns));
    put([orders]);
    await is('running');
    api.beforeAnswer(isDeploying, () => load('--pause', 'shop.orders'));

    const { code, output } = await deploy();

    assert.equal(code, 0, output);
    assert.deepEqual(entries(), [{ ...orders, paused: true }, returns]);
  });

  it('keeps a load that is started after the plan, and with it the Value', async (t) => {
    const { api, app, deploy, load, entries } = await deployedLoads(t, folderWith(returns));
    assert.equal(app.named('values', 'initialLoads'), undefined);
    api.beforeAnswer(isDeploying, () => load('--start', 'shop.orders', '--rate', '5'));

    const { code, output } = await deploy();

    assert.equal(code, 0, output);
    assert.deepEqual(entries(), [{ ...orders, documentsPerSecond: 5 }, returns]);
  });

  it('keeps the entry of a load that is started after the plan, and that it would begin itself', async (t) => {
    const { api, deploy, load, entries } = await deployedLoads(t, folderWith(orders, returns));
    api.beforeAnswer(isDeploying, () => load('--start', 'shop.orders', '--rate', '5'));

    const { code, output } = await deploy();

    assert.equal(code, 0, output);
    assert.deepEqual(entries(), [{ ...orders, documentsPerSecond: 5 }, returns]);
  });

  it('begins its load if the Value is wrong, and keeps one that is right by then', async (t) => {
    const { api, deploy, put, entries } = await deployedLoads(t, folderWith());
    put('');
    api.beforeAnswer(isSettingSecrets, async () => put([orders]));

    const { code, output } = await deploy();

    assert.equal(code, 0, output);
    assert.deepEqual(entries(), [orders]);
  });
});

describe('npm run atlas:load twice at once', () => {
  it('starts both loads', async (t) => {
    const { api, app, load, entries } = await deployedLoads(t);
    await insertReturn(app);
    api.beforeAnswer(isAsking, () => load('--start', 'shop.returns'));

    const { code, output } = await load('--start', 'shop.orders');

    assert.equal(code, 0, output);
    assert.deepEqual(entries(), [returns, orders]);
  });

  it('keeps the other fields of its own entry', async (t) => {
    const { api, load, put, entries } = await deployedLoads(t);
    put([orders]);
    api.beforeAnswer(isAsking, async () => put([{ ...orders, documentsPerSecond: 7 }]));

    await load('--restart', 'shop.orders', '--shard-key', 'region');

    const [{ restart, ...entry }] = [Object(entries()[0])];
    assert.deepEqual(entry, { ...orders, documentsPerSecond: 7, shardKey: ['region'] });
    assert.notEqual(restart ?? '', '');
  });
});

async function insertReturn({ database }: AdminApp): Promise<void> {
  await countedOperations(database, () => undefined)
    .db('shop')
    .collection('returns')
    .insertOne({ _id: 'R-1' });
}
