import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databaseTrigger } from '../../support/app-folders.ts';
import { deployedLoads } from '../../support/deployed-loads.ts';
import { interrupted } from '../../support/spawned.ts';

const orders = { database: 'shop', collection: 'orders' };

describe('npm run atlas:load', () => {
  it('starts, pauses, resumes and restarts a load, and does not change the others', async (t) => {
    const { load, entries, put, is } = await deployedLoads(t);
    put([{ database: 'shop', collection: 'old', filter: { a: 1 } }]);
    const other = { database: 'shop', collection: 'old', filter: { a: 1 } };

    const started = await load('--start', 'shop.orders', '--rate', '50');
    assert.match(started.printed, /^The load of shop\.orders begins at the next minute$/m);
    assert.equal(started.code, 0);
    assert.deepEqual(entries(), [other, { ...orders, documentsPerSecond: 50 }]);
    await is('running');
    await load('--pause', 'shop.orders');
    assert.deepEqual(entries(), [other, { ...orders, documentsPerSecond: 50, paused: true }]);
    await is('paused');
    await load('--resume', 'shop.orders', '--rate', '5');
    assert.deepEqual(entries(), [other, { ...orders, documentsPerSecond: 5 }]);
    await load('--restart', 'shop.orders', '--shard-key', 'region,city');
    assert.match(JSON.stringify(entries()[1]), /"shardKey":\["region","city"\],"restart":"20\d\d-/);
  });

  it('shows each load: the state in Atlas, or what the entry makes of it at the next minute', async (t) => {
    const { load, put, is, tick } = await deployedLoads(t);
    const shown = async () => (await load()).printed.trim();
    put([]);
    assert.equal(await shown(), 'There is no load: --start <database>.<collection> begins one');

    put([orders]);
    assert.match(await shown(), /^waiting {2}shop\.orders .*: it begins at the next minute$/);
    await tick();
    assert.match(await shown(), /^running {2}shop\.orders {2}0 of about 1 documents: /);
    await is('running', { rate: 12.5, secondsLeft: 200, refused: 2 });
    assert.match(
      await shown(),
      /40 of about 100 documents, 12\.5 a second, 3 min left, 2 refused \(they are in the outbox\)$/,
    );
    put([{ ...orders, paused: true }]);
    await is('paused');
    assert.match(await shown(), /^paused {3}shop\.orders {2}40 of about 100 documents$/);
    put([orders]);
    assert.match(await shown(), /^waiting .* 40 of about 100 documents: it continues at the next minute$/);
    put([{ ...orders, restart: 'again' }]);
    await is('done');
    assert.match(await shown(), /^waiting .*: it begins again at the next minute$/);
    await is('done', { restart: '{"restart":"again"}' });
    assert.match(await shown(), /^done {5}shop\.orders {2}40 of about 100 documents$/);
    await is('running');
    put([]);
    assert.match(
      await shown(),
      /^stopped .*: it must be in the Value initialLoads: it is missing: --start continues it$/,
    );
  });

  it('shows the load that a deployment has begun, and a deployment keeps what a person changed', async (t) => {
    const { deploy, load, entries, tick } = await deployedLoads(t, {
      'values/initialLoads.json': { name: 'initialLoads', value: [orders], from_secret: false },
      'triggers/lake-sync-shop-orders.json': databaseTrigger('lake-sync-shop-orders', orders),
    });
    await deploy();
    assert.match((await load()).printed, /^ {2}waiting {2}shop\.orders /);

    await tick();
    await load('--pause', 'shop.orders');
    const again = await deploy();

    assert.equal(again.code, 0, again.output);
    assert.deepEqual(entries(), [{ ...orders, paused: true }]);
  });

  it('ends with 1 when a load has failed, and says why', async (t) => {
    const { app, load, put, tick } = await deployedLoads(t);
    await app.database.define('shop', 'sums', 'view');
    put([{ database: 'shop', collection: 'sums' }]);
    await tick();

    const { code, output } = await load('--watch');

    assert.equal(code, 1);
    assert.match(output, /failed {3}shop\.sums .*it is a view/);
  });

  it('ends at Ctrl-C with 130, and says that the loads continue', async (t) => {
    const { api, folder, put, entries, is } = await deployedLoads(t);
    put([orders]);
    await is('running', { rate: 1, secondsLeft: 60 });
    const looking = Promise.withResolvers<void>();
    api.answerWith(
      ({ path }) => {
        if (path.includes('execute_function_source')) looking.resolve();
        return false;
      },
      { status: 500, body: '' },
    );

    const { code, output, printed } = await interrupted(
      'atlas-load',
      { ...api.environment },
      looking.promise,
      ...['--app', folder, '--watch'],
    );

    assert.equal(code, 130, output);
    assert.equal(printed, 'The command has stopped. The loads continue in Atlas: npm run atlas:load shows them\n');
    // Its output is not a terminal.
    // The bar of a terminal has them.
    for (const mark of ['\r', '\u001b', '█']) assert(!output.includes(mark));
    assert.deepEqual(entries(), [orders]);
  });
});
