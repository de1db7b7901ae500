import '../support/quick-time.ts';
import { after, before } from 'node:test';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { describeCrashPoints } from '../support/crash-points.ts';
import { faults } from '../support/strikes.ts';
import { struckAzurite } from '../support/struck-storages.ts';

let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(() => azurite.stop());

describeCrashPoints('blob', faults, (t) => struckAzurite(t, azurite));
