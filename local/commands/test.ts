// npm test: the one gate. If it passes, the tree is good.
import { globSync } from 'node:fs';
import { buildBundle } from '../build.ts';
import { type Command, CommandError, type Terminal } from '../command.ts';
import { root } from '../paths.ts';
import { checkTypes, runStep } from '../run-step.ts';
import { runTests } from '../testing/run-tests.ts';
import { shuffled } from '../testing/shuffled.ts';
import { reportOf } from '../testing/test-report.ts';

const help = `npm test [-- [--only <words>] [--shuffle [--seed <number>]]]

Checks types, lint and format, builds the bundle, and runs all tests in five lanes side by side. The tests of a lane
share a process: those that only compute (two lanes), those that start processes, and those that need a storage. A test
that patches timers or measures its process has its own.

  --only <words>     runs only the test files with these words in their path, names each test, and skips the other
                     checks
  --shuffle          runs the files in a new order, to show that they share no state; prints its seed
  --seed <number>    with --shuffle: repeats an order

  SEED=<number> npm test -- --only <words>   draws other random values, requests and stories; npm run fuzz draws new
                                             ones`;

export const command: Command = {
  help,
  options: ['only', 'seed'],
  flags: ['shuffle'],
  run: async ({ only, shuffle, seed }, terminal) => {
    if (seed !== undefined && shuffle === undefined)
      throw new CommandError('Cannot test: --seed must come with --shuffle: it is missing');
    const files = globSync('test/**/*.test.ts', { cwd: root })
      .map((file) => file.replaceAll('\\', '/'))
      .sort();
    const chosen = files.filter((file) => only === undefined || file.includes(only));
    if (chosen.length === 0)
      throw new CommandError(
        `Cannot test: --only must be words in the path of a test file: no path has ${JSON.stringify(only)}`,
      );
    if (only === undefined) await checkAll(terminal);
    terminal.write('Building …');
    await buildBundle();
    terminal.write(`Testing ${chosen.length} files …`);
    const begunMs = performance.now();
    const ordered = shuffle === undefined ? chosen : inAnyOrder(chosen, seed, terminal);
    const { environment, write } = terminal;
    const results = await runTests({ files: ordered, environment, write, isDetailed: only !== undefined });
    write(reportOf(results, performance.now() - begunMs).join('\n'));
    return results.every(([, { failures }]) => failures.length === 0) ? 0 : 1;
  },
};

async function checkAll({ write }: Terminal): Promise<void> {
  write('Checking types, lint and format …');
  const lint = runStep('lint and format', 'biome', 'check', '--error-on-warnings', '.');
  const checks = await Promise.allSettled([checkTypes(), lint]);
  for (const check of checks) if (check.status === 'rejected') throw check.reason;
}

function inAnyOrder(files: readonly string[], given: string | undefined, { write }: Terminal): readonly string[] {
  const seed = given === undefined ? Date.now() % 1_000_000 : Number(given);
  if (!Number.isSafeInteger(seed))
    throw new CommandError(`Cannot shuffle: --seed must be a whole number: it is ${JSON.stringify(given)}`);
  write(`Shuffled: npm test -- --shuffle --seed ${seed} repeats this order`);
  return shuffled(files, seed);
}
