import '../../local/testing/unwatched-promises.ts';
import '../support/quick-time.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { describeCrashPoints } from '../support/crash-points.ts';
import { bodyOf, served } from '../support/storage-faults.ts';
import { struckAzurite, struckDfsServer } from '../support/struck-storages.ts';

let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(() => azurite.stop());

describeCrashPoints('blob', (t) => struckAzurite(t, azurite));
describeCrashPoints('dfs', struckDfsServer);

describe('the front of a storage', () => {
  it('breaks the connection of a request that the service received and did not answer', async (t) => {
    const url = await served(t, async (request) => {
      await bodyOf(request);
      throw new Error('the connection to the service broke');
    });

    await assert.rejects(fetch(url, { method: 'PUT', body: 'content' }), /fetch failed/);
  });
});
