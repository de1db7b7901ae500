// npm run infra:check: checks infra/ with Bicep's own compiler.
import type { Command } from '../command.ts';
import { checkInfra } from '../infra-check/check-infra.ts';

const help = `npm run infra:check

Builds and lints infra/ with "bicep" or "az bicep", and evaluates it offline: with an existing and with a new lake, each
with and without a private network. Warnings count as errors. Without a compiler it checks nothing, and says so.

Ends with 0 if no problem was found, or if there is no compiler. Ends with 1 if a problem was found.`;

export const command: Command = {
  help,
  run: async (_options, { environment, write }) => await checkInfra(environment, write),
};
