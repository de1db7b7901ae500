import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RestError } from '@azure/storage-blob';
import { isConditionNotMet, mayPass } from '../../../../shared/lake/azure/azure-error.ts';

const secret = 'db/~/change-user%40example.com.json';
const refused = (statusCode: number, code: string) => new RestError(`Cannot write ${secret}`, { statusCode, code });

describe('mayPass()', () => {
  for (const status of [408, 429, 500, 502, 503, 504])
    it(`holds for ${status}`, () => assert.equal(mayPass(refused(status, 'Any')), true));

  for (const status of [400, 401, 403, 404, 409, 412, 413, 501])
    it(`does not hold for ${status}`, () => assert.equal(mayPass(refused(status, 'Any')), false));

  it('holds for a broken connection', () => {
    const broken = new RestError('read ECONNRESET', { code: 'REQUEST_SEND_ERROR' });

    assert.equal(mayPass(broken), true);
  });

  for (const [kind, error] of [
    ['a write that was broken off', new DOMException('over', 'AbortError')],
    ['a fault of our own', new TypeError('x is not a function')],
    ['what is no error', 'ECONNRESET'],
    ['nothing', undefined],
  ] as const)
    it(`does not hold for ${kind}`, () => assert.equal(mayPass(error), false));
});

describe('isConditionNotMet()', () => {
  it('is true only for 412', () => {
    assert.equal(isConditionNotMet(refused(412, 'LeaseIdMissing')), true);
    assert.equal(isConditionNotMet(refused(409, 'PathAlreadyExists')), false);
  });
});
