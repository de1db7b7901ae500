import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadState } from '../../../local/atlas-load/loads-in-atlas.ts';
import { watchLoads } from '../../../local/atlas-load/watch-loads.ts';
import { CommandError } from '../../../local/command.ts';
import { progress } from '../../../local/progress.ts';
import { loadWorld } from '../../support/load-world.ts';

const orders = { database: 'shop', collection: 'orders', documentsPerSecond: 1 };

describe('watchLoads()', () => {
  it('shows documents, percent, rate and time left while the load runs in Atlas, and ends with it', async () => {
    const { world, look } = await throttledLoad();
    const { shown, bar } = shownBar();
    let ticks = 0;

    const pause = async () => {
      await nextMinute(world);
      ticks++;
    };
    const last = await watchLoads({ look, bar, pause, stopped: never });

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
    assert.equal(shown.at(-1), '\r\u001b[K', 'the bar is removed');
    assert.partialDeepStrictEqual(last, [{ state: 'done', documents: 100 }]);
  });

  it('waits for a load that has not begun, and measures only loads that run', async () => {
    const { shown, bar } = shownBar();
    const nothing = { refused: 0, rate: 0, secondsLeft: undefined, reason: '', restart: '' };
    const done = { ...nothing, name: 'shop.old', state: 'done', documents: 900, estimated: 900 };
    const load = { ...nothing, name: 'shop.orders', documents: 0, estimated: 0 };
    const looks = [
      { ...load, state: 'waiting' },
      { ...load, state: 'running', documents: 25, estimated: 100 },
      { ...load, state: 'done', documents: 100, estimated: 100 },
    ];
    let at = 0;

    const last = await watchLoads({
      ...{ bar, pause: async () => undefined, stopped: never },
      look: async () => [done, ...looks.slice(at++).slice(0, 1)],
    });

    assert.deepEqual([at, last?.length], [3, 2]);
    assert.match(shown[0] ?? '', /waiting {2}shop\.orders/);
    assert.match(shown[1] ?? '', /█ ?.* 25 % {2}running {2}shop\.orders {2}25 of about 100 documents/);
    assert.doesNotMatch(shown.join(''), /shop\.old/);
  });

  it('ends when the last load is paused, and continues after it is resumed', async () => {
    const { world, look } = await throttledLoad();
    const { shown, bar } = shownBar();
    const stop = Promise.withResolvers<void>();
    const pausing = async () => {
      world.want({ ...orders, paused: true });
      await nextMinute(world);
    };

    const paused = await watchLoads({ look, bar, pause: pausing, stopped: never });
    world.want(orders);
    await nextMinute(world);
    const resumed = await look();
    await watchLoads({ look, bar, pause: async () => stop.resolve(), stopped: stop.promise });

    assert.partialDeepStrictEqual(paused, [{ state: 'paused' }]);
    assert.partialDeepStrictEqual(resumed, [{ state: 'running' }]);
    assert(Number(resumed[0]?.documents) > Number(paused?.[0]?.documents));
    assert.match(shown.at(-2) ?? '', /running {2}shop\.orders/);
  });

  it('leaves the load running after Ctrl-C, also during a look that never ends', async () => {
    const { world, look } = await throttledLoad();
    const { bar } = shownBar();
    const stop = Promise.withResolvers<void>();
    let looks = 0;
    const stuck = () => {
      looks++;
      if (looks === 1) return look();
      stop.resolve();
      return never;
    };

    const last = await watchLoads({ look: stuck, bar, pause: async () => undefined, stopped: stop.promise });
    await world.finish();

    assert.deepEqual([last, looks], [undefined, 2]);
    assert.partialDeepStrictEqual(world.state(), { state: 'done', documents: 100 });
  });

  it('ends with a load that fails while it is watched', async () => {
    const { world, look } = await throttledLoad();
    const { bar } = shownBar();
    const refusal = 'CommandNotSupportedOnView: Namespace shop.orders is a view, not a collection';
    let looks = 0;
    const pause = async () => {
      assert(++looks < 5, 'the load must fail');
      world.atlas.database.around = (operation, name, run) =>
        operation === 'read' && name === 'orders' ? Promise.reject(new Error(refusal)) : run();
      await nextMinute(world);
    };

    const last = await watchLoads({ look, bar, pause, stopped: never });

    assert.partialDeepStrictEqual(last, [{ state: 'failed', reason: 'it must be a collection: it is a view' }]);
  });

  it('continues after looks that fail, and shows why', async () => {
    const { world, look } = await throttledLoad();
    const { shown, bar } = shownBar();
    let looks = 0;
    const failing = () => {
      looks++;
      return looks > 1 && looks % 6 !== 0 ? Promise.reject(new CommandError('Cannot reach Atlas: no way')) : look();
    };

    const last = await watchLoads({ look: failing, bar, pause: tenSeconds(world), stopped: never });

    assert.partialDeepStrictEqual(last, [{ state: 'done' }]);
    assert(looks > 6, `${looks} looks`);
    assert.match(shown.join('\n'), /Cannot reach Atlas: no way \(the command tries again\)/);
  });

  it('gives up after six looks in a row that fail, and says that the loads continue', async () => {
    const { look } = await throttledLoad();
    const { bar } = shownBar();
    let looks = 0;
    const failing = () => (++looks > 1 ? Promise.reject(new CommandError('Cannot reach Atlas: no way')) : look());

    const watching = watchLoads({ look: failing, bar, pause: async () => undefined, stopped: never });

    await assert.rejects(watching, /^CommandError: Cannot reach Atlas: no way\nThe loads continue in Atlas: npm run /);
    assert.equal(looks, 7);
  });

  it('gives up at once if the first look fails, or at a fault of the command', async () => {
    const { look } = await throttledLoad();
    const { bar } = shownBar();
    const pause = async () => undefined;
    const first = () => Promise.reject(new CommandError('Cannot sign in'));
    let looks = 0;
    const broken = () => (++looks > 1 ? Promise.reject(new TypeError('x is not a function')) : look());

    await assert.rejects(watchLoads({ look: first, bar, pause, stopped: never }), /^CommandError: Cannot sign in$/);
    await assert.rejects(watchLoads({ look: broken, bar, pause, stopped: never }), TypeError);
  });

  it('shows the progress off a terminal as lines, at most one each ten seconds', async () => {
    const { world, look } = await throttledLoad();
    const lines: string[] = [];
    let now = 0;
    const bar = progress({ write: (text: string) => lines.push(text) }, () => now);
    const wait = tenSeconds(world);
    const pause = async () => {
      now += 6_000;
      await wait();
    };

    await watchLoads({ look, bar, pause, stopped: never });

    assert.match(lines[0] ?? '', /^\d+ % {2}running {2}shop\.orders {2}\d+ of about 100 documents.*\n$/);
    // The bar of a terminal has them.
    for (const mark of ['\r', '\u001b', '█']) assert(!lines.join('').includes(mark));
    assert(lines.length <= now / 10_000, `${lines.length} lines in ${now} ms`);
  });
});

const never = new Promise<never>(() => undefined);

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

/** Of six looks in a minute, one finds another state. */
function tenSeconds(world: ReturnType<typeof loadWorld>): () => Promise<void> {
  let looks = 0;
  return async () => {
    if (++looks % 6 === 0) await nextMinute(world);
  };
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
    restart: String(load['restart']),
  };
}

/** A terminal, and the text that it got. */
function shownBar() {
  const shown: string[] = [];
  let now = 0;
  const output = { isTTY: true, columns: 200, write: (text: string) => shown.push(text) };
  return { shown, bar: progress(output, () => (now += 1000)) };
}
