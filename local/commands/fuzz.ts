// npm run fuzz: runs the random tests with other seeds than npm test.
import { globSync } from 'node:fs';
import { buildBundle } from '../build.ts';
import { type Command, CommandError, type Terminal } from '../command.ts';
import { root } from '../paths.ts';
import { withImports } from '../testing/lanes.ts';
import { runTests } from '../testing/run-tests.ts';
import { reportOf } from '../testing/test-report.ts';

const help = `npm run fuzz [-- [--minutes <number>] [--only <words>] [--seed <number>]]

Repeats the tests that draw random values, requests and stories. Each round has a new seed. (npm test always has the
same seed.) Ends with 1 at the first round that fails, and prints its seed and the smallest case that fails.

  --minutes <number>   begins no new round after this time. Default: 10. 0 runs one round
  --only <words>       runs only the test files with these words in their path
  --seed <number>      the seed of the first round. Default: from the clock. The next round has the next number

  SEED=<number> npm test -- --only <words>   repeats one round of some files`;

const seeded = 'test/support/seeded.ts';

export const command: Command = {
  help,
  options: ['minutes', 'only', 'seed'],
  run: async ({ minutes = '10', only = '', seed }, terminal) => {
    const untilMs = Date.now() + wholeNumber('minutes', minutes, 10_000) * 60_000;
    const first = seed === undefined ? Date.now() % 2 ** 31 : wholeNumber('seed', seed, 2 ** 31 - 1);
    const files = filesThatDraw().filter((file) => file.includes(only));
    if (files.length === 0)
      throw new CommandError(
        `Cannot fuzz: --only must be words in the path of a random test: no path has ${JSON.stringify(only)}`,
      );
    await buildBundle();
    for (let round = 0; round === 0 || Date.now() < untilMs; round++)
      if (!(await passes(files, (first + round) % 2 ** 31, terminal))) return 1;
    return 0;
  },
};

async function passes(files: readonly string[], seed: number, { environment, write }: Terminal): Promise<boolean> {
  const begunMs = performance.now();
  const drawn = { ...environment, SEED: String(seed) };
  const results = await runTests({ files, environment: drawn, write, isDetailed: false });
  const failures = results.flatMap(([, result]) => result.failures);
  if (failures.length === 0) {
    const tests = results.reduce((sum, [, { counts }]) => sum + (counts['tests'] ?? 0), 0);
    write(
      `SEED=${seed}: ${tests} tests of ${files.length} files passed in ${Math.round((performance.now() - begunMs) / 1000)} s`,
    );
    return true;
  }
  write(reportOf(results, performance.now() - begunMs).join('\n'));
  write(
    `\nSEED=${seed}: ${failures.length} failed. To repeat one: SEED=${seed} npm test -- --only <words of its path>`,
  );
  return false;
}

function filesThatDraw(): string[] {
  const files = globSync('test/**/*.test.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'));
  return files.filter((file) => withImports(root, file).has(seeded)).sort();
}

function wholeNumber(name: string, text: string, most: number): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= most) return Number(text);
  throw new CommandError(
    `Cannot fuzz: --${name} must be a whole number from 0 to ${most}: it is ${JSON.stringify(text)}`,
  );
}
