import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { impatient } from '../../../../shared/lake/azure/impatient-credential.ts';

const token = { token: 'abc', expiresOnTimestamp: 1 };

describe('impatient()', () => {
  it('passes on the request and the token', async () => {
    const asked: unknown[] = [];
    const credential = impatient({
      getToken: async (...args) => {
        asked.push(...args);
        return token;
      },
    });

    assert.deepEqual(await credential.getToken('scope', { tenantId: 't' }), token);
    assert.deepEqual(asked, ['scope', { tenantId: 't' }]);
  });

  it('fails without a token within 8 s', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const asked = impatient({ getToken: () => new Promise(() => undefined) }).getToken('scope');

    t.mock.timers.tick(8_000);

    await assert.rejects(asked, { name: 'TimeoutError' });
  });
});
