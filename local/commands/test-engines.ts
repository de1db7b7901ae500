// npm run test:engines: tests in real engines what reads the lake.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { type Command, CommandError } from '../command.ts';
import { setUpEnvironments } from '../engines/environments.ts';
import { root } from '../paths.ts';

const help = `npm run test:engines [-- [--only <words>] [--setup]]

Tests what reads the lake in Spark with Delta, delta-rs, DuckDB and emulators of other engines. Needs Python 3.11 and
Java 17. The first run downloads about 700 MB into .engines/, which later runs use.

  --only <words>   runs only the test files with these words in their path
  --setup          makes the environments, and runs no test`;

export const command: Command = {
  help,
  options: ['only'],
  flags: ['setup'],
  run: async ({ only, setup }) => {
    const files = globSync('test/engines/**/*.engines.ts', { cwd: root }).filter((file) => file.includes(only ?? ''));
    if (files.length === 0)
      throw new CommandError(
        `Cannot test engines: --only must be words in the path of a test file: no path has ${JSON.stringify(only)}`,
      );
    await setUpEnvironments();
    return setup !== undefined || (await runTests(files.toSorted())) ? 0 : 1;
  },
};

/** Runs the files in this process, one after another. They share the engines, which are slow to start. */
async function runTests(files: readonly string[]): Promise<boolean> {
  const counts = { passed: 0, failed: 0 };
  const paths = files.map((file) => join(root, file));
  const tests = run({ files: paths, isolation: 'none', concurrency: false, timeout: 15 * 60_000 });
  tests.on('test:pass', ({ details }) => {
    if (details.type !== 'suite') counts.passed++;
  });
  tests.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') counts.failed++;
  });
  for await (const text of tests.compose(new spec())) process.stdout.write(String(text));
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 && counts.passed > 0;
}
