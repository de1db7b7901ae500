import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadState } from '../../../local/atlas-load/loads-in-atlas.ts';
import { watchLoads } from '../../../local/atlas-load/watch-loads.ts';
import { progress } from '../../../local/progress.ts';
import { loadWorld } from '../../support/load-world.ts';

const orders = { database: 'shop', collection: 'orders', documentsPerSecond: 1 };

describe('watchLoads()', () => {
  it('shows documents, percent, rate and time left while the load runs in Atlas, and ends with it', async () => {
    const { world, look } = await throttledLoad();
    const { shown, bar } = shownBar();
    let ticks = 0;

    const last = await watchLoads(look, bar, async () => {
      await nextMinute(world);
      ticks++;
      return true;
    });

    assert(ticks > 1, 'the load took several minutes');
    const under = shown.filter((line) => /\d+ a second/.test(line));
    const percents = under.map((line) => Number(/(\d+) %/.exec(line)?.[1]));
    assert.match(
      under[0] ?? '',
      /█+░+ \d+ % {2}running {2}shop\.orders {2}\d+ of about 100 documents, [\d.]+ a second, \d+ s left/,
    );
    assert.deepEqual(
      percents,
      percents.toSorted((one, other) => one - other),
    );
    assert(new Set(percents).size > 1);
    assert.partialDeepStrictEqual(last, [{ state: 'done', documents: 100 }]);
  });

  it('ends when the last load is paused, and continues after it is resumed', async () => {
    const { world, look } = await throttledLoad();
    const { shown, bar } = shownBar();
    const pausing = async () => {
      world.want({ ...orders, paused: true });
      await nextMinute(world);
      return true;
    };

    const paused = await watchLoads(look, bar, pausing);
    world.want(orders);
    await nextMinute(world);
    const resumed = await watchLoads(look, bar, async () => false);

    assert.partialDeepStrictEqual(paused, [{ state: 'paused' }]);
    assert.partialDeepStrictEqual(resumed, [{ state: 'running' }]);
    assert(Number(resumed[0]?.documents) > Number(paused[0]?.documents));
    assert.match(shown.at(-2) ?? '', /running {2}shop\.orders/);
  });

  it('leaves the load running after Ctrl-C', async () => {
    const { world, look } = await throttledLoad();
    const { bar } = shownBar();

    const last = await watchLoads(look, bar, async () => false);
    await world.finish();

    assert.partialDeepStrictEqual(last, [{ state: 'running' }]);
    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 100 });
  });
});

/** A hundred documents at one a second. The first minute is over. */
async function throttledLoad() {
  const world = loadWorld();
  world.want(orders);
  await world.put(Array.from({ length: 100 }, (_, _id) => ({ _id })));
  await nextMinute(world);
  const look = async () => [stateOf(world.state())];
  return { world, look };
}

async function nextMinute(world: ReturnType<typeof loadWorld>): Promise<void> {
  await world.tick();
  world.atlas.clock.skip(60_000 - (world.atlas.clock.now() % 60_000));
}

function stateOf(load: Readonly<Record<string, unknown>>): LoadState {
  const numberOf = (value: unknown) => (value === null || value === undefined ? undefined : Number(value));
  return {
    name: String(load['_id']),
    state: String(load['state']),
    documents: Number(load['documents']),
    refused: Number(load['refused']),
    estimated: numberOf(load['estimated']),
    rate: Number(load['rate']),
    secondsLeft: numberOf(load['secondsLeft']),
    reason: String(load['reason']),
  };
}

/** A terminal, and the text that it got. */
function shownBar() {
  const shown: string[] = [];
  let now = 0;
  const output = { isTTY: true, columns: 200, write: (text: string) => shown.push(text) };
  return { shown, bar: progress(output, () => (now += 1000)) };
}
