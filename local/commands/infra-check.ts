// npm run infra:check: what Bicep's own compiler says of infra/.
import type { Command } from '../command.ts';
import { checkInfra } from '../infra-check/check-infra.ts';

const help = `npm run infra:check

Builds infra/ with "bicep", or with "az bicep" where that is not on the PATH, lints it, and evaluates it offline:
with a lake that exists and with a new one, each with and without a private network. Warnings count as errors.
Exit code 0: nothing was found, or there is no compiler, which it says. 1: something was found.`;

export const command: Command = {
  help,
  run: async (_options, { environment, write }) => await checkInfra(environment, write),
};
