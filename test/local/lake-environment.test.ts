import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lakeEnvironment } from '../../local/lake-environment.ts';

describe('lakeEnvironment()', () => {
  it('adds the embedded lake if no lake is set, or a blank one', () => {
    assert.deepEqual(lakeEnvironment({ PORT: '1' }), { PORT: '1', LAKE_URL: 'file:./lake' });
    assert.deepEqual(lakeEnvironment({ LAKE_URL: ' ' }), { LAKE_URL: 'file:./lake' });
  });

  it('keeps a lake that is set, also by the names of the reference solution', () => {
    for (const environment of [{ LAKE_URL: 'file:./other' }, { storage_account_name: 'a' }, { storage_directory: 'd' }])
      assert.equal(lakeEnvironment(environment), environment);
  });
});
