import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tokenOf } from '../support/change-events.ts';
import { fateAt, fates, stepCounter } from '../support/fate.ts';
import { type LakeBehind, memoryLake } from '../support/lakes-behind.ts';
import {
  eventAt,
  eventsFrom,
  keepEntries,
  keepInParts,
  outboxOf,
  refusedIn,
  sentBy,
  textOfEvent,
  waitingIn,
} from '../support/outbox-entries.ts';
import { receiptOf } from '../support/scripted-receiver.ts';
import { type Around, type TimelessAtlas, timelessAtlas } from '../support/timeless-atlas.ts';

describe('drainOutbox(): interrupted', () => {
  it('loses nothing, at whichever step it ends or fails', async () => {
    const { around, steps } = stepCounter();
    await drainWith(around);
    assert(steps() > 15, `${steps()}`);

    for (let index = 0; index < steps(); index++)
      for (const fate of fates) {
        const world = await drainWith(fateAt(index, fate));
        await assertNothingIsLost(world, `${fate} step ${index}`);
        // Number 2 also failed once.
        const often = [1, 3, 4, 5, 6].filter((number) => timesSent(world, number) > 2);
        assert.deepEqual(often, [], `sent more than twice: ${fate} step ${index}`);
      }
  });

  it('loses nothing if each drain ends one step later than the last one', async () => {
    const { atlas, lake } = await arrange();

    for (let index = 0; index < 25; index++) {
      await runToItsEnd(atlas, fateAt(index, 'ends after'));
      atlas.clock.skip(600_000);
    }

    await assertNothingIsLost({ atlas, lake }, 'in turn');
  });

  it('logs a fault without a token or content', async () => {
    const { around, steps } = stepCounter();
    await drainWith(around);

    for (let index = 0; index < steps(); index++) {
      const { atlas } = await arrange();
      const failing: Around = async (step, run) => {
        next += 1;
        if (next === index + 1 && step !== 'post')
          throw new Error(`E11000 duplicate key: { _id: "${tokenOf(1)}" }, Heat`);
        return await run();
      };
      let next = 0;

      const told = await runToItsEnd(atlas, failing);

      assert.doesNotMatch(told, /Heat|826B/);
      if (told.startsWith('threw'))
        assert.match(told, /^threw Error: Cannot drain the outbox: its database must answer: E11000$/);
    }
  });
});

describe('drainOutbox(): two at once', () => {
  for (const pauses of [[], [1_000], [1_000, 3_000], [29_000, 1_000]]) {
    it(`lose nothing and throw nothing if the receiver takes ${pauses.join(' and ') || 0} ms`, async () => {
      const { atlas, lake } = await arrange(pauses);

      await Promise.all([atlas.drain(), atlas.drain(), atlas.drain()]);

      await assertNothingIsLost({ atlas, lake }, 'at once');
    });
  }

  it('leave a refused event as it is, although the other drain failed with it', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 1));
    atlas.receiver.act(
      async () => {
        await atlas.clock.pause(5_000);
        return { status: 500 };
      },
      receiptOf(['refused'], 'no time'),
    );

    await Promise.all([atlas.drain(), atlas.drain()]);
    atlas.clock.skip(600_000);
    await atlas.drain();

    assert.deepEqual(refusedIn(atlas), [1]);
    assert.equal(atlas.outbox().at(0)?.['reason'], 'no time');
    assert.equal(sentBy(atlas).length, 2);
  });
});

interface World {
  readonly atlas: TimelessAtlas;
  readonly lake: LakeBehind;
}

/** One event in parts, one that is refused, one that fails at first, and more than one request holds. */
async function arrange(pauses: readonly number[] = []): Promise<World> {
  const atlas = timelessAtlas({ lakeBatchEvents: 4 });
  const lake = memoryLake();
  await keepEntries(atlas, eventsFrom(1, 5));
  await keepInParts(atlas, eventAt(6));
  let posts = 0;
  atlas.receiver.act(async (told) => {
    const pauseMs = pauses[posts % pauses.length];
    posts += 1;
    if (pauseMs !== undefined) await atlas.clock.pause(pauseMs);
    const isFirst = !lake.stored.has(1);
    return lake.take(told, (number) => (number === 3 ? 'refused' : number === 2 && isFirst ? 'failed' : undefined));
  });
  return { atlas, lake };
}

async function drainWith(around: Around): Promise<World> {
  const world = await arrange();
  await runToItsEnd(world.atlas, around);
  return world;
}

function timesSent({ atlas }: World, wanted: number): number {
  return sentBy(atlas)
    .flat()
    .filter((number) => number === wanted).length;
}

/** Its answer, or the error that it threw. */
async function runToItsEnd(atlas: TimelessAtlas, around: Around): Promise<string> {
  try {
    const { logs } = await atlas.run('drainOutbox', [], around);
    return logs.join('\n');
  } catch (error) {
    // An error of the function's own scope is no instance of our Error.
    return `threw ${error}`;
  }
}

/** Later drains deliver everything as it was kept, and nothing is left of it. */
async function assertNothingIsLost({ atlas, lake }: World, when: string): Promise<void> {
  for (let drains = 0; drains < 3; drains++) {
    atlas.clock.skip(3_700_000);
    await atlas.drain();
  }
  assert.deepEqual([...lake.stored].toSorted(), [1, 2, 4, 5, 6], when);
  for (const [number, text] of await lake.texts()) assert.equal(text, textOfEvent(eventAt(number)), when);
  assert.deepEqual({ waiting: waitingIn(atlas), refused: refusedIn(atlas) }, { waiting: [], refused: [3] }, when);
  // No entry names them, so a later drain removes them.
  await outboxOf(atlas, 'outbox').deleteMany({});
  await atlas.drain();
  assert.deepEqual(atlas.parts(), [], when);
}
