// npm run mutants: checks that the tests find defects.
import type { Command } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run mutants [-- --only <words>]

Plants the defects of test/mutants/defects.ts in a copy of the sources, one at a time. Runs the tests for each defect,
and names the test that finds it. Ends with 1 if a defect is not found. Takes some minutes.

  --only <words>   only the defects with these words in their name`;

export const command: Command = {
  help,
  options: ['only'],
  run: async ({ only }) => {
    await runStep('mutants', 'node', 'test/mutants/run.ts', ...(only === undefined ? [] : [only]));
  },
};
