// Documents change in a cluster, and everything fails on the way of their events to the lake. The world has the built
// Atlas functions, a bad network, and the built receiver as a process that is killed again and again.
import { describe, it, type TestContext } from 'node:test';
import type { LakeFiles } from '../support/model-lake.ts';
import { drawPlans } from '../support/model-plan.ts';
import { playPlan } from '../support/model-world.ts';
import { seed } from '../support/seeded.ts';

/**
 * A seed repeats the drawn values, but not the timing of real processes.
 * `RUNS=…` makes more runs, `STEPS=…` longer ones.
 */
const { RUNS = '1', STEPS = '16' } = process.env;

describe('the lake', { concurrency: true }, () => {
  it('equals the collections in the end, with one file for each event', async (t) => {
    await play(t, 'event');
  });

  it('equals the collections in the end, with events in batch files', async (t) => {
    await play(t, 'batch');
  });
});

async function play(t: TestContext, lakeFiles: LakeFiles): Promise<void> {
  for (const plan of drawPlans(seed + Number(lakeFiles === 'batch'), Number(RUNS), Number(STEPS))) {
    const began = Date.now();
    const played = await playPlan(t, plan, lakeFiles);
    t.diagnostic(JSON.stringify({ lakeFiles, ...played, ms: Date.now() - began }));
  }
}
