// npm test: the one gate. If it passes, the tree is good.
import { globSync } from 'node:fs';
import { buildBundle } from '../build.ts';
import { type Command, CommandError, type Terminal } from '../command.ts';
import { root } from '../paths.ts';
import { progress } from '../progress.ts';
import { checkTypes, runStep } from '../run-step.ts';
import { type Lane, lanesOf } from '../testing/lanes.ts';
import { type LaneResult, runLane } from '../testing/run-lane.ts';
import { shuffled } from '../testing/shuffled.ts';
import { lineOf, reportOf } from '../testing/test-report.ts';

const help = `npm test [-- [--only <words>] [--shuffle [--seed <number>]]]

Checks types, lint and format, builds the bundle, and runs all tests: those that may share a process in one, beside it those that
start processes, patch timers or need a storage, two at a time.

  --only <words>     runs only the test files that have these words in their path, names each test, and makes no other check
  --shuffle          runs the files in another order each time, to show that they share no state; prints its seed
  --seed <number>    repeats a shuffled order

  SEED=… npm test -- --only …   other random stories, values and requests than those of every run; npm run fuzz draws new ones`;

export const command: Command = {
  help,
  options: ['only', 'seed'],
  flags: ['shuffle'],
  run: async ({ only, shuffle, seed }, terminal) => {
    const files = globSync('test/**/*.test.ts', { cwd: root })
      .map((file) => file.replaceAll('\\', '/'))
      .sort();
    const chosen = files.filter((file) => only === undefined || file.includes(only));
    if (chosen.length === 0)
      throw new CommandError(
        `Cannot test: --only must be words of a test file's path: none has ${JSON.stringify(only)}`,
      );
    if (only === undefined) await checkAll(terminal);
    terminal.write('Building …');
    await buildBundle();
    return await runTests(
      shuffle === undefined ? chosen : inAnyOrder(chosen, seed, terminal),
      only !== undefined,
      terminal,
    );
  },
};

async function checkAll({ write }: Terminal): Promise<void> {
  write('Checking types …');
  await checkTypes();
  write('Checking lint and format …');
  await runStep('lint and format', 'biome', 'check', '--error-on-warnings', '.');
}

function inAnyOrder(files: readonly string[], given: string | undefined, { write }: Terminal): readonly string[] {
  const seed = given === undefined ? Date.now() % 1_000_000 : Number(given);
  if (!Number.isSafeInteger(seed))
    throw new CommandError(`Cannot shuffle: --seed must be a whole number: it is ${JSON.stringify(given)}`);
  write(`Shuffled: npm test -- --shuffle --seed ${seed} repeats this order`);
  return shuffled(files, seed);
}

/** Both lanes at once: one keeps a core busy, the other waits a good deal. */
async function runTests(
  files: readonly string[],
  isDetailed: boolean,
  { environment, write }: Terminal,
): Promise<number> {
  const begunMs = performance.now();
  const { shared, isolated } = lanesOf(root, files);
  const done = new Map<Lane, number>();
  const bar = progress();
  const lane = async (name: Lane, laneFiles: readonly string[]): Promise<[Lane, LaneResult][]> => {
    if (laneFiles.length === 0) return [];
    done.set(name, 0);
    const result = await runLane({
      lane: name,
      files: laneFiles,
      environment,
      onEvent: (event) => {
        const line = lineOf(event, isDetailed);
        if (line !== undefined) {
          bar.end();
          write(line);
        }
        if (event.kind !== 'passed') return;
        done.set(name, (done.get(name) ?? 0) + 1);
        bar.update(0, 0, [...done].map(([one, count]) => `${one}: ${count} passed`).join(' · '));
      },
    });
    return [[name, result]];
  };
  write(`Testing: ${shared.length} files in one process, beside it ${isolated.length} files two at a time …`);
  const results = (await Promise.all([lane('in process', shared), lane('processes and storage', isolated)])).flat();
  bar.end();
  for (const line of reportOf(results, performance.now() - begunMs)) write(line);
  return results.every(([, { failures }]) => failures.length === 0) ? 0 : 1;
}
