// npm test: the one gate. If it passes, the tree is good.
import { globSync } from 'node:fs';
import { buildBundle } from '../build.ts';
import { type Command, CommandError } from '../command.ts';
import { root } from '../paths.ts';
import { checkTypes, runStep } from '../run-step.ts';

const help = `npm test [-- --only <words>]

Checks types, lint and format, builds the bundle, and runs all tests.

  --only <words>               runs only the test files that have these words in their path, and no other check
  SEED=… npm test -- --only …  repeats what a test with random stories or requests has done: each prints its seed`;

export const command: Command = {
  help,
  options: ['only'],
  run: async ({ only }) => {
    const files = globSync('test/**/*.test.ts', { cwd: root });
    const chosen = files.filter((file) => only === undefined || file.replaceAll('\\', '/').includes(only));
    if (chosen.length === 0)
      throw new CommandError(
        `Cannot test: --only must be words of a test file's path: none has ${JSON.stringify(only)}`,
      );
    if (only === undefined) await checkAll();
    console.log('Building …');
    await buildBundle();
    await runStep('tests', 'node', '--disable-warning=ExperimentalWarning', '--test', ...chosen);
  },
};

async function checkAll(): Promise<void> {
  console.log('Checking types …');
  await checkTypes();
  console.log('Checking lint and format …');
  await runStep('lint and format', 'biome', 'check', '--error-on-warnings', '.');
}
