import '../support/quick-time.ts';
import { after, before, describe } from 'node:test';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { describeCrashPoints } from '../support/crash-points.ts';
import { hangs } from '../support/strikes.ts';
import { struckAzurite, struckDfsServer } from '../support/struck-storages.ts';

/** Half of 24 s for a delivery and of 10 s for a write. */
const hurried = 2;
let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(() => azurite.stop());

describe('a delivery that hangs', { concurrency: true }, () => {
  describeCrashPoints('blob', hangs, (t) => struckAzurite(t, azurite), 6, hurried);
  describeCrashPoints('dfs', hangs, struckDfsServer, 6, hurried);
});
