import { describe, it, type TestContext } from 'node:test';
import { temporaryLake } from '../support/lakes.ts';
import { folderBehind, type LakeBehind, memoryLake } from '../support/lakes-behind.ts';
import { type Step, story } from '../support/outbox-steps.ts';
import { outboxWorld } from '../support/outbox-world.ts';
import { fc } from '../support/seeded.ts';

/** `RUNS=… npm test -- --only outbox-model` makes a run longer. */
const { RUNS = '' } = process.env;

describe('forwardChangeEvent(), bufferChangeEvent(), drainOutbox() and requeueRefused() together', () => {
  it('store each event once and leave nothing over, with every fault on the way', async (t) => {
    await checkStories(t, 20, async () => memoryLake());
  });

  it('do so with the real receiver', async (t) => {
    await checkStories(t, 6, async () => folderBehind(await temporaryLake(t)));
  });
});

async function checkStories(t: TestContext, runs: number, open: () => Promise<LakeBehind>): Promise<void> {
  const property = fc.asyncProperty(story, async (steps) => play(steps, await open()));
  const numRuns = RUNS === '' ? runs : Number(RUNS);
  await fc.assert(property, { numRuns });
  t.diagnostic(`${numRuns} stories`);
}

async function play(steps: readonly Step[], lake: LakeBehind): Promise<void> {
  const world = outboxWorld(lake);
  for (const step of steps) await world.play(step);
  await world.end();
}
