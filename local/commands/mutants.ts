// npm run mutants: whether the tests see what they are there to see.
import type { Command } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run mutants [-- --only <words>]

Plants defects in a copy of the sources, one at a time (test/mutants/defects.ts), runs the tests for each, and names the
test that sees it. Exit code 1 if one is not seen. Takes some minutes.

  --only <words>   only the defects that have these words in their name`;

export const command: Command = {
  help,
  options: ['only'],
  run: async ({ only }) => {
    await runStep('mutants', 'node', 'test/mutants/run.ts', ...(only === undefined ? [] : [only]));
  },
};
