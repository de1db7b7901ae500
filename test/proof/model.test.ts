// Documents change in a cluster, and everything goes wrong on the way of their events to the lake: the built Atlas functions, a
// network of bad days, and the built receiver as a process that is killed again and again.
import { describe, it, type TestContext } from 'node:test';
import type { LakeFiles } from '../support/model-lake.ts';
import { drawPlans } from '../support/model-plan.ts';
import { playPlan } from '../support/model-world.ts';
import { seed } from '../support/seeded.ts';

/**
 * A seed repeats what is drawn, if not its timing: real processes take turns as they like.
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
