import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LakeSync, Watched } from '../../../local/atlas-configure/lake-sync.ts';
import { triggerFiles } from '../../../local/atlas-configure/trigger-files.ts';

const orders: Watched = {
  database: 'shop',
  collection: 'orders',
  function: 'forwardChangeEvent',
  ordered: true,
  preImages: true,
  enabled: true,
  initialLoad: false,
};
const sync: LakeSync = {
  app: 'shop-sync',
  cluster: 'Cluster0',
  dataSource: 'main',
  receiverUrl: 'https://shop.azurewebsites.net/api/change-events',
  region: { deploymentModel: 'LOCAL', providerRegion: 'azure-eastus2' },
  drainEveryMinutes: 1,
  batchEvents: 1000,
  batchSeconds: 60,
  watch: [orders],
};

describe('triggerFiles()', () => {
  it('writes a trigger on a collection that gets every change', () => {
    const files = triggerFiles(sync);

    assert.deepEqual(files.get('lake-sync-shop-orders'), {
      name: 'lake-sync-shop-orders',
      type: 'DATABASE',
      disabled: false,
      config: {
        service_name: 'main',
        database: 'shop',
        collection: 'orders',
        operation_types: ['INSERT', 'UPDATE', 'REPLACE', 'DELETE'],
        full_document: true,
        full_document_before_change: true,
        unordered: false,
        skip_catchup_events: false,
        tolerate_resume_errors: false,
      },
      event_processors: { FUNCTION: { config: { function_name: 'forwardChangeEvent' } } },
    });
  });

  it('writes a trigger on a database that also gets events about its collections', () => {
    const { collection: _, ...shop } = { ...orders, preImages: false };

    const trigger = triggerFiles({ ...sync, watch: [shop] }).get('lake-sync-shop');

    assert.partialDeepStrictEqual(trigger, {
      config: {
        database: 'shop',
        operation_types: [
          ...['INSERT', 'UPDATE', 'REPLACE', 'DELETE'],
          ...['CREATE_COLLECTION', 'MODIFY_COLLECTION', 'RENAME_COLLECTION', 'DROP_COLLECTION'],
          ...['SHARD_COLLECTION', 'RESHARD_COLLECTION', 'REFINE_COLLECTION_SHARD_KEY'],
          ...['CREATE_INDEXES', 'DROP_INDEXES'],
        ],
        full_document_before_change: false,
      },
    });
    assert.doesNotMatch(JSON.stringify(trigger), /"collection"/);
  });

  it('applies the members of an entry', () => {
    const watched: Watched = {
      ...orders,
      function: 'bufferChangeEvent',
      ordered: false,
      preImages: false,
      enabled: false,
    };

    const trigger = triggerFiles({ ...sync, watch: [watched] }).get('lake-sync-shop-orders');

    assert.partialDeepStrictEqual(trigger, {
      disabled: true,
      config: { unordered: true, full_document_before_change: false },
      event_processors: { FUNCTION: { config: { function_name: 'bufferChangeEvent' } } },
    });
  });

  it('keeps collections separate if their names differ only in case', () => {
    const files = triggerFiles({ ...sync, watch: [orders, { ...orders, collection: 'Orders' }] });

    const names = [...files.keys()].map((name) => name.toLowerCase());
    assert.equal(new Set(names).size, 4);
    assert.deepEqual(
      [...files.values()].map((trigger) => JSON.parse(JSON.stringify(trigger)).name),
      ['lake-sync-drain', 'lake-sync-load', 'lake-sync-shop-orders', 'lake-sync-shop-Orders'],
    );
  });

  for (const [minutes, schedule] of [
    [1, '* * * * *'],
    [15, '*/15 * * * *'],
    [60, '0 * * * *'],
  ] as const) {
    it(`drains the outbox by the schedule ${schedule}`, () => {
      const files = triggerFiles({ ...sync, drainEveryMinutes: minutes });

      assert.deepEqual(files.get('lake-sync-drain'), {
        name: 'lake-sync-drain',
        type: 'SCHEDULED',
        disabled: false,
        config: { schedule, skip_catchup_events: false },
        event_processors: { FUNCTION: { config: { function_name: 'drainOutbox' } } },
      });
    });
  }
});
