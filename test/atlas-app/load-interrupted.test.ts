// A load that Atlas ends at any step, or runs twice at once.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Int32 } from 'bson';
import { fateAt, fates, stepCounter } from '../support/fate.ts';
import { type LoadWorld, loadWorld } from '../support/load-world.ts';
import { problemOf } from '../support/scripted-receiver.ts';
import type { Around } from '../support/timeless-atlas.ts';

const count = 30;

describe('loadCollection(): interrupted', () => {
  it('loses nothing and counts right, at whichever step it ends or fails', async () => {
    const steps = await stepsOfTick();
    for (let index = 0; index < steps; index++)
      for (const fate of fates) {
        const world = await arrange();

        await tickToItsEnd(world, fateAt(index, fate));

        assertAllBeforePositionIsDurable(world, `${fate} step ${index}`);
        await assertLoaded(world, `${fate} step ${index}`);
      }
  });

  it('never saves a position before the receipt, also if the receiver fails in between', async () => {
    const world = await arrange();
    world.atlas.receiver.act(world.receiver, problemOf(503, 'storage-failed'));
    const checking: Around = async (step, run) => {
      const result = await run();
      if (step === 'write') assertAllBeforePositionIsDurable(world, 'after a write');
      return result;
    };

    await world.tick(checking);

    assert.partialDeepStrictEqual(world.state(), { state: 'running', documents: 4 });
  });

  it('loads everything if each tick ends one step later than the last one', async () => {
    const steps = await stepsOfTick();
    const world = await arrange();

    for (let index = 0; index < steps; index++) {
      await tickToItsEnd(world, fateAt(index, 'ends after'));
      world.atlas.clock.skip(60_000);
    }

    await assertLoaded(world, 'in turn');
  });
});

describe('loadCollection(): two at once', () => {
  it('agree on T0, the position and the counts, at whichever step the second one comes', async () => {
    const steps = await stepsOfTick();
    for (let index = 0; index < steps; index++) {
      const world = await arrange();
      let step = 0;
      const interleaved: Around = async (_step, run) => {
        if (step++ === index) {
          // So a second T0 would differ.
          world.atlas.clock.skip(5_000);
          await world.tick();
        }
        return await run();
      };

      await world.tick(interleaved);

      await assertLoaded(world, `at step ${index}`);
      const times = world
        .lines()
        .map(({ clusterTime }) => Date.parse(String(Object(clusterTime).$date ?? clusterTime)));
      assert.deepEqual(new Set(times), new Set([Number(world.state()['t0']) * 1000]), `at step ${index}`);
    }
  });

  it('leaves a load alone that was restarted meanwhile', async () => {
    const world = await arrange();
    let isRestarted = false;
    const restarting: Around = async (step, run) => {
      const result = await run();
      // The first page of the earlier load is durable, and its position is not saved yet.
      if (step === 'post' && !isRestarted) {
        isRestarted = true;
        world.want({ database: 'shop', collection: 'orders', restart: 2, paused: true });
        world.atlas.clock.skip(1000);
        await world.tick();
      }
      return result;
    };

    await world.tick(restarting);

    assert.partialDeepStrictEqual(world.state(), { state: 'paused', documents: 0, position: null });
  });
});

async function arrange(): Promise<LoadWorld> {
  const world = loadWorld();
  await world.put(Array.from({ length: count }, (_, index) => ({ _id: new Int32(index), total: new Int32(index) })));
  return world;
}

async function stepsOfTick(): Promise<number> {
  const { around, steps } = stepCounter();
  const world = await arrange();
  await world.tick(around);
  assert(steps() > 12, `${steps()}`);
  return steps();
}

async function tickToItsEnd(world: LoadWorld, around: Around): Promise<void> {
  await world
    .tick(around)
    .catch((error) => assert.match(String(error), /the database must answer|execution time limit exceeded/));
}

function assertAllBeforePositionIsDurable(world: LoadWorld, when: string): void {
  const position = world.state()['position'];
  const last = position === null || position === undefined ? -1 : Number(Object(position)._id);
  assert(world.latest().length > last, `${when}: ${world.latest().length} durable, position ${last}`);
}

async function assertLoaded(world: LoadWorld, when: string): Promise<void> {
  world.atlas.clock.skip(60_000);
  await world.finish();
  assert.deepEqual(world.latest(), await world.collection(), when);
  assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: count, refused: 0 }, when);
}
