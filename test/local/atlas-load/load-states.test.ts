// A change that the state of the load does not allow. Each message names the command that helps.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployedLoads } from '../../support/deployed-loads.ts';

const orders = { database: 'shop', collection: 'orders' };

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
