import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadWorld } from '../support/load-world.ts';

const documents = [{ _id: 'a' }, { _id: 'b' }, { _id: 'c' }];

function faultOf(message: string, code?: number): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

/** The words of the server, with a namespace that has the words of a refusal. */
const passing: readonly (readonly [collection: string, message: string, code?: number])[] = [
  ['views', '(InterruptedDueToReplStateChange) operation was interrupted: shop.views', 11602],
  ['page-view', 'Executor error during find command on namespace: shop.page-view :: operation exceeded time limit', 50],
  ['pages', '(Unauthorized) user is not allowed to view this', 13],
  ['views', 'QueryPlanKilled: collection shop.views: the plan was killed'],
  ['timeseries', '(QueryPlanKilled) query plan killed :: caused by :: shop.timeseries', 175],
  ['lock for timeseries is not allowed', 'interrupted: shop.lock for timeseries is not allowed', 11601],
  ['is a view, not a collection', 'cannot reach shop.is a view, not a collection'],
  ['orders', '(BadValue) something of the moment', 2],
  ['orders', 'connection closed: CommandNotSupportedOnView was the last answer'],
  ['orders', 'CommandNotSupportedOnView was the last answer'],
];

describe('loadCollection() after a fault that passes', () => {
  for (const [collection, message, code] of passing)
    it(`continues ${collection} at the next tick: ${message}`, async () => {
      const world = loadWorld();
      world.want({ database: 'shop', collection });
      await world.put(documents, collection);
      let reads = 0;
      // The first read counts the documents, and the second one is a page.
      world.atlas.database.around = (_operation, name, run) =>
        name === collection && ++reads === 2 ? Promise.reject(faultOf(message, code)) : run();

      await world.tick();
      const meanwhile = world.state(`shop.${collection}`);
      await world.tick();

      assert.equal(meanwhile['state'], 'running');
      assert.partialDeepStrictEqual(world.state(`shop.${collection}`), { state: 'done', documents: 3 });
    });
});

const view = /it must be a collection: it is a view/;
const timeSeries = /it is a time series collection/;
const refusals: readonly (readonly [message: string, code: number | undefined, word: RegExp])[] = [
  ['(CommandNotSupportedOnView) Namespace shop.orders is a view, not a collection', undefined, view],
  ['MongoError: (CommandNotSupportedOnView) something new', undefined, view],
  ['Namespace shop.orders is a view, not a collection', undefined, view],
  ['CommandNotSupportedOnView', undefined, view],
  ['something new', 166, view],
  ['(CommandNotSupportedOnView) Taking shop.orders lock for timeseries is not allowed', 166, timeSeries],
  ['(InvalidOptions) $collStats count is not supported on a timeseries collection', 72, timeSeries],
];

describe('loadCollection() of a view that only the server knows', () => {
  for (const [message, code, word] of refusals)
    for (const filter of [undefined, { total: 1 }])
      it(`fails after the refusal ${message} ${filter === undefined ? 'without' : 'with'} a filter`, async () => {
        const world = loadWorld();
        world.want({ database: 'shop', collection: 'orders', ...(filter === undefined ? {} : { filter }) });
        await world.put(documents);
        let reads = 0;
        world.atlas.database.around = (_operation, name, run) => {
          if (name === 'system.views') return Promise.reject(faultOf('not authorized on shop'));
          // A page can be read, as that of a view. Only the question for statistics is refused.
          return name === 'orders' && ++reads === 1 ? Promise.reject(faultOf(message, code)) : run();
        };

        await world.tick();

        assert.equal(world.state()['state'], 'failed');
        assert.match(String(world.state()['reason']), word);
      });

  for (const [kind, word] of [
    ['view', view],
    ['time-series', timeSeries],
    ['time-series-without-view', timeSeries],
  ] as const)
    it(`fails for a ${kind} if system.views is not readable`, async () => {
      const world = loadWorld();
      await world.atlas.database.define('shop', 'orders', kind);
      await world.put(documents);
      world.atlas.database.around = (operation, name, run) =>
        operation === 'read' && name === 'system.views' ? Promise.reject(faultOf('not authorized')) : run();

      await world.tick();

      assert.equal(world.state()['state'], 'failed');
      assert.match(String(world.state()['reason']), word);
      assert.deepEqual(world.lines(), []);
    });
});

describe('loadCollection() with a filter that the server refuses', () => {
  for (const [message, code] of [
    ['(BadValue) unknown top level operator: $bogus', 2],
    ['unknown operator: $bogus', undefined],
    ['(FailedToParse) $in needs an array', undefined],
  ] as const)
    it(`fails with a clear word: ${message}`, async () => {
      const world = loadWorld();
      world.want({ database: 'shop', collection: 'orders', filter: { $bogus: 1 } });
      world.atlas.database.around = (operation, name, run) =>
        operation === 'read' && name === 'orders' ? Promise.reject(faultOf(message, code)) : run();

      await world.tick();

      assert.partialDeepStrictEqual(world.state(), {
        state: 'failed',
        reason: 'the filter must be a query: the server refuses it',
      });
    });
});
