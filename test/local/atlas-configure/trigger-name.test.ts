import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Namespace } from '../../../local/atlas-configure/lake-sync.ts';
import { ruleBrokenBy } from '../../../local/atlas-configure/namespace-rules.ts';
import { drainTriggerName, loadTriggerName, triggerName } from '../../../local/atlas-configure/trigger-name.ts';
import { fc } from '../../support/seeded.ts';

describe('triggerName()', () => {
  // Another name is another trigger. It begins without the old trigger's place in the stream, so these names never
  // change. Digests by sha256sum.
  const names: readonly (readonly [Namespace, string])[] = [
    [{ database: 'sample_mflix', collection: 'movies' }, 'lake-sync-sample_mflix-movies'],
    [{ database: 'shop' }, 'lake-sync-shop'],
    [{ database: 'shop', collection: 'orderLines' }, 'lake-sync-shop-orderLines'],
    [{ database: 'shop', collection: 'orders.archive' }, 'lake-sync-shop-orders_archive--70db67c9b951'],
    [{ database: 'shop-eu', collection: 'orders' }, 'lake-sync-shop-eu-orders--efb7aa602c49'],
    [{ database: 'shop', collection: 'eu-orders' }, 'lake-sync-shop-eu-orders--e981a2b6d7e4'],
    [{ database: 'läden', collection: '店' }, 'lake-sync-l_den-_--a32153043b83'],
    [{ database: 'drain' }, 'lake-sync-drain--510345478efc'],
    [{ database: 'load' }, 'lake-sync-load--0cf67fc72b3c'],
    [{ database: 'shop', collection: 'a'.repeat(50) }, `lake-sync-shop-${'a'.repeat(35)}--0a805a062f11`],
  ];
  for (const [namespace, name] of names) {
    it(`gives ${namespace.database}.${namespace.collection ?? '*'} a stable name`, () => {
      assert.equal(triggerName(namespace), name);
    });
  }

  it('gives each namespace its own name, within the limits of Atlas', () => {
    const part = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'A', '-', '_', 'é'), minLength: 1, maxLength: 4 }),
      fc.string({ minLength: 1, maxLength: 70 }),
    );
    const namespace = fc
      .record({ database: part, collection: part }, { requiredKeys: ['database'] })
      .filter((one) => ruleBrokenBy(one) === undefined);

    fc.assert(
      fc.property(
        fc.uniqueArray(namespace, {
          minLength: 2,
          maxLength: 40,
          selector: (one) => JSON.stringify([one.database, one.collection]),
        }),
        (all) => {
          const names = [drainTriggerName, loadTriggerName, ...all.map(triggerName)];

          assert.equal(new Set(names).size, names.length);
          for (const name of names) assert.match(name, /^lake-sync-[A-Za-z0-9_-]{1,54}$/);
        },
      ),
    );
  });
});
