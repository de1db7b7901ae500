// The secrecy table, without the surfaces that need a process. secrecy-processes.test.ts has those.
import { commandSurfaces } from '../support/canary-commands.ts';
import { receiverSurfaces } from '../support/canary-receiver.ts';
import { settingsSurface } from '../support/canary-settings.ts';
import { senderSurface } from '../support/canary-troubles.ts';
import { assertSecrecy } from '../support/secrecy-table.ts';

for (const surface of [...receiverSurfaces, senderSurface, settingsSurface, ...commandSurfaces]) assertSecrecy(surface);
