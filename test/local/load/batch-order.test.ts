import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orderOf } from '../../../local/load/batch-order.ts';
import { fc } from '../../support/seeded.ts';

/** Few characters, so that digests often begin alike. */
const digest = fc.string({ unit: fc.constantFrom('0', '9', 'F'), minLength: 32, maxLength: 32 });

describe('orderOf()', () => {
  it('sorts documents by their digests, and leaves out the later ones of the same digest', () => {
    fc.assert(
      fc.property(fc.array(digest, { maxLength: 40 }), (digests) => {
        const once = [...new Set(digests)].toSorted();

        assert.deepEqual(
          orderOf(digests),
          once.map((one) => digests.indexOf(one)),
        );
      }),
    );
  });

  it('sorts digests of the same beginning', () => {
    const digests = ['B', 'A', 'C', 'A'].map((last) => '0'.repeat(31) + last);

    assert.deepEqual(orderOf(digests), [1, 0, 2]);
  });
});
