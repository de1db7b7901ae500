// npm test: the one gate. If it passes, the tree is good.
import { globSync } from 'node:fs';
import { buildBundle } from '../build.ts';
import { runCommand } from '../command.ts';
import { root } from '../paths.ts';
import { checkTypes, runStep } from '../run-step.ts';

await runCommand({
  help: 'npm test\n\nChecks types, lint and format, builds the bundle, and runs all tests.',
  run: async () => {
    console.log('Checking types …');
    await checkTypes();
    console.log('Checking lint and format …');
    await runStep('lint and format', 'biome', 'check', '--error-on-warnings', '.');
    console.log('Building …');
    await buildBundle();
    await runStep(
      'tests',
      'node',
      '--disable-warning=ExperimentalWarning',
      '--test',
      ...globSync('test/**/*.test.ts', { cwd: root }),
    );
  },
});
