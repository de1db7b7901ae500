// Own process: it runs the test runner itself.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { root } from '../../../local/paths.ts';
import type { LaneEvent } from '../../../local/testing/lane-reporter.ts';
import type { Lane } from '../../../local/testing/lanes.ts';
import { type LaneResult, type LaneRun, runLane } from '../../../local/testing/run-lane.ts';
import { temporaryFolder } from '../../support/lakes.ts';

const lanes: readonly Lane[] = ['in process', 'own process'];
const passing = "describe('a', () => { it('passes', () => console.log('printed')); });";

describe('runLane()', { concurrency: 2 }, () => {
  for (const lane of lanes)
    describe(lane, () => {
      it('counts what passes, in each file', async (t) => {
        const { failures, counts } = await run(t, lane, { 'a.test.mjs': passing, 'b.test.mjs': passing });

        assert.deepEqual(failures, []);
        assert.partialDeepStrictEqual(counts, { tests: 2, pass: 2, fail: 0 });
      });

      it('reports a test that fails, with its place, its error and what was printed', async (t) => {
        const failing = "it('fails', () => { console.log('before it'); throw new TypeError('no such thing'); });";
        const { failures, counts, printed } = await run(t, lane, { 'a.test.mjs': passing, 'b.test.mjs': failing });

        assert.deepEqual(
          failures.map(({ name }) => name),
          ['fails'],
        );
        assert.match(failures[0]?.where ?? '', /b\.test\.mjs:\d+:\d+$/);
        assert.match(failures[0]?.error ?? '', /^TypeError: no such thing/);
        assert.partialDeepStrictEqual(counts, { tests: 2, pass: 1, fail: 1 });
        assert(printed.includes('before it'));
        assert(!printed.some((line) => line.startsWith('Ended')), 'the test did not end the process');
      });

      it('ends if a file leaves a handle open', async (t) => {
        const { failures, counts } = await run(t, lane, { 'a.test.mjs': `setInterval(() => {}, 1000); ${passing}` });

        assert.deepEqual([failures, counts['pass']], [[], 1]);
      });

      it('ends a test that waits for ever, and continues', async (t) => {
        const waiting = "it('waits', () => new Promise(() => setInterval(() => {}, 1000)));";
        const files = { 'a.test.mjs': waiting, 'b.test.mjs': passing };

        // The start of a process counts too. A busy machine that takes longer gets twice the time.
        let limitMs = 300;
        let ended = await run(t, lane, files, { testMs: limitMs });
        while (ended.counts['pass'] !== 1 && limitMs < 30_000) {
          limitMs *= 2;
          ended = await run(t, lane, files, { testMs: limitMs });
        }

        const errors = ended.failures.map(({ error }) => error).join();
        assert.match(errors, new RegExp(`test timed out after ${limitMs}ms`));
        assert.equal(ended.counts['pass'], 1);
      });

      it('names a file that does not load', async (t) => {
        const { failures } = await run(t, lane, {
          'broken.test.mjs': "throw new Error('at once');",
          'b.test.mjs': passing,
        });

        assert.match(failures.map(({ name }) => name).join(), /broken\.test\.mjs/);
      });

      it('names a file if its test ends the process', async (t) => {
        const ending = "it('ends it', () => process.exit(0));";
        const { failures } = await run(t, lane, { 'ending.test.mjs': ending, 'b.test.mjs': passing });

        assert.match(JSON.stringify(failures), /ending\.test\.mjs/);
      });

      it('keeps a test in its suites', async (t) => {
        const nested = "describe('a', () => { describe('b', () => { it('inner', () => {}); }); });";
        const events: LaneEvent[] = [];
        await run(t, lane, { 'a.test.mjs': nested }, { onEvent: (event) => events.push(event) });

        const depths = events.flatMap((event) => (event.kind === 'passed' ? [`${event.name} ${event.depth}`] : []));
        const below = lane === 'in process' ? 1 : 0;
        assert.deepEqual(depths.slice(0, 3), [`inner ${below + 2}`, `b ${below + 1}`, `a ${below}`]);
      });

      for (const [what, thrown] of [
        ['an error', "setImmediate(() => { throw new TypeError('let go'); });"],
        ['a rejection', "void Promise.reject(new TypeError('let go'));"],
      ])
        it(`fails on ${what} that no test catches`, async (t) => {
          const dropping = `it('lets it go', async () => { ${thrown} await new Promise((on) => setImmediate(() => setImmediate(on))); });`;
          const { failures } = await run(t, lane, { 'drop.test.mjs': dropping, 'b.test.mjs': passing });

          assert.match(failures.map(({ name }) => name).join(), /lets it go/);
          assert.match(failures.map(({ error }) => error).join(), /TypeError: let go/);
        });
    });

  it('runs files of one process in the order that it is given', async (t) => {
    const events: LaneEvent[] = [];
    const files = { 'b.test.mjs': passing, 'a.test.mjs': passing, 'c.test.mjs': passing };
    await run(t, 'in process', files, { onEvent: (event) => events.push(event) });

    const begun = events.flatMap((event) => (event.kind === 'begins' ? [/.\.test\.mjs/.exec(event.name)?.[0]] : []));
    assert.deepEqual([...new Set(begun)], Object.keys(files));
  });
});

// Not beside the others, because it has a clock of its own.
describe('runLane() without reports', () => {
  it('ends a lane that no longer reports, and names the file', async (t) => {
    const stuck = "it('is stuck', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));";
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { failures } = await run(
      t,
      'in process',
      { 'stuck.test.mjs': stuck },
      {
        silentMs: 1000,
        onEvent: (event) => {
          if (event.kind === 'begins' && event.name.includes('is stuck')) t.mock.timers.tick(1000);
        },
      },
    );

    assert.match(
      failures.map(({ name, error }) => `${name} ${error}`).join(),
      /stuck\.test\.mjs .*the lane must report/,
    );
  });
});

async function run(
  t: TestContext,
  lane: Lane,
  files: Readonly<Record<string, string>>,
  options: Partial<Pick<LaneRun, 'testMs' | 'silentMs' | 'onEvent'>> = {},
): Promise<LaneResult> {
  const folder = await temporaryFolder(t);
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), `import { describe, it } from 'node:test';\n${text}`);
  return await runLane({
    lane,
    files: paths.map((path) => relative(root, path)),
    environment: process.env,
    onEvent: () => undefined,
    ...options,
  });
}
