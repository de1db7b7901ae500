import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RestError } from '@azure/storage-blob';
import { describeFault } from '../../../shared/lake/fault.ts';

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
