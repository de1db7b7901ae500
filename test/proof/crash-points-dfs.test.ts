import '../support/quick-time.ts';
import { describeCrashPoints } from '../support/crash-points.ts';
import { faults } from '../support/strikes.ts';
import { struckDfsServer } from '../support/struck-storages.ts';

describeCrashPoints('dfs', faults, struckDfsServer);
