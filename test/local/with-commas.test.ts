import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withCommas } from '../../local/with-commas.ts';

describe('withCommas()', () => {
  it('writes numbers as English does', () => {
    for (const count of [0, 7, 999, 1000, 12_345, 999_999, 1_000_000, 9_007_199_254_740_991, 0.5, 1234.5, 1234.125])
      assert.equal(withCommas(count), count.toLocaleString('en'));
  });
});
