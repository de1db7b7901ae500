import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RestError } from '@azure/storage-blob';
import { describeFault, isOurs } from '../../../shared/lake/fault.ts';

const secret = 'db/~/change-user%40example.com.json';
const refused = (statusCode: number, code: string) => new RestError(`Cannot write ${secret}`, { statusCode, code });

describe('describeFault()', () => {
  it("names the service's code and status, never a path", () => {
    const told = describeFault(refused(403, 'AuthorizationFailure'));

    assert.equal(told, 'RestError AuthorizationFailure 403');
  });

  it("names a disk's code, never a path", () => {
    const full = Object.assign(new Error(`ENOSPC: no space left on device, open '${secret}'`), { code: 'ENOSPC' });

    assert.equal(describeFault(full), 'Error ENOSPC');
  });

  it('has a word for a value that is no error', () => {
    assert.equal(describeFault(secret), 'unknown');
    assert.equal(describeFault({}), 'unknown');
  });
});

describe('isOurs()', () => {
  it('knows an error with a message of ours', () => {
    assert.equal(isOurs(new Error('Cannot read a table: each file in its log must be there: one is missing')), true);
  });

  const others = {
    'an error of a store': refused(403, 'AuthorizationFailure'),
    'a mistake in code': new TypeError(`Cannot read properties of undefined (reading '${secret}')`),
    'an error of Node': Object.assign(new Error(`Cannot find module '${secret}'`), { code: 'MODULE_NOT_FOUND' }),
    'an error of a library': new Error(`parquet file '${secret}' is too short`),
    'a value that is no error': 'Cannot read',
  };
  for (const [what, fault] of Object.entries(others))
    it(`does not take ${what} for one`, () => {
      assert.equal(isOurs(fault), false);
    });
});
