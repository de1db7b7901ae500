import '../../local/testing/unwatched-promises.ts';
import '../support/quick-time.ts';
import { after, before } from 'node:test';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { describeCrashPoints } from '../support/crash-points.ts';
import { struckAzurite, struckDfsServer } from '../support/struck-storages.ts';

let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(() => azurite.stop());

describeCrashPoints('blob', (t) => struckAzurite(t, azurite));
describeCrashPoints('dfs', struckDfsServer);
