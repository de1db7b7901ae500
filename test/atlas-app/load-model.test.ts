// After any changes and faults during a load, the last change per key by `sequence` is the collection.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { Int32, Long, ObjectId } from 'bson';
import { command as query } from '../../local/commands/query.ts';
import { performed } from '../support/commands.ts';
import { type Fate, fateAt, fates } from '../support/fate.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { type LoadWorld, loadWorld } from '../support/load-world.ts';
import { problemOf } from '../support/scripted-receiver.ts';
import type { Around } from '../support/timeless-atlas.ts';

const orders = { database: 'shop', collection: 'orders' };
const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

describe('loadCollection() while others write', () => {
  for (const seed of seeds) {
    it(`leaves the content of the collection in the lake: seed ${seed}`, async () => {
      const world = await disturbedLoad(seed);

      assert.deepEqual(world.latest(), await world.collection());
      assert.equal(world.state()['state'], 'done');
      assert.deepEqual(world.atlas.outbox(), []);
    });
  }

  it('shows the content of the collection in the view that users query', async (t) => {
    for (const seed of seeds.slice(0, 3)) {
      const world = await disturbedLoad(seed);
      const folder = await temporaryFolder(t);
      for (const [path, content] of world.files) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }

      const { printed } = await performed(
        query,
        { LAKE_URL: `file:${folder}` },
        'SELECT _data FROM shop.orders_latest',
        '--json',
      );

      const rows: readonly { readonly _data: string }[] = JSON.parse(printed);
      assert(rows.length > 0, `seed ${seed} ends without a document`);
      assert.deepEqual(rows.map(({ _data }) => _data).sort(), await world.collection());
    }
  });

  for (const operationType of ['drop', 'rename'] as const) {
    it(`handles a ${operationType} during the load`, async () => {
      for (let at = 3; at < 20; at++) {
        const world = loadWorld();
        await world.put(Array.from({ length: 30 }, (_, index) => documentOf(index, 0)));
        let step = 0;

        await world.tick(async (_step, run) => {
          step += 1;
          if (step === at) {
            await world.drop(operationType);
            await world.write('upsert', documentOf(2, 1));
          }
          return await run();
        });
        await world.finish();

        assert.deepEqual(world.latest(), await world.collection(), `at step ${at}`);
      }
    });
  }
});

/**
 * A load during writes, with kills, a second run at the same time and a receiver that is down. A person pauses, slows
 * down, removes and restarts it.
 */
async function disturbedLoad(seed: number): Promise<LoadWorld> {
  const chance = chanceOf(seed);
  const world = loadWorld(chance(2) === 0 ? {} : { LAKE_FILES: 'batch' });
  await world.put(Array.from({ length: chance(40) }, (_, index) => documentOf(index, 0)));
  let version = 0;
  // One after the other: the cluster orders the writes to one document.
  let written = Promise.resolve();
  const write = () => {
    written = written.then(() => writeOne(world, chance, ++version));
    return written;
  };
  const writing: Around = async (step, run) => {
    if (chance(3) === 0) await write();
    const result = await run();
    if (step === 'read' && chance(3) === 0) await write();
    return result;
  };

  let entry: object = orders;
  const edit = () => {
    if (chance(3) === 0) entry = { ...orders, restart: chance(3) };
    const limits = [{}, { paused: true }, { documentsPerSecond: 0.01 }, { documentsPerSecond: 50 }][chance(4)];
    if (chance(8) === 0) world.want();
    else world.want({ ...entry, ...limits });
  };

  for (let ticks = 0; ticks < 6; ticks++) {
    if (chance(2) === 0) edit();
    world.atlas.receiver.act(chance(3) === 0 ? problemOf(503, 'busy') : world.receiver, world.receiver);
    const fate: Fate = fates[chance(fates.length)] ?? 'ends before';
    const struck = fateAt(chance(30), fate);
    const disturbed: Around = (step, run) => struck(step, () => writing(step, run));
    await Promise.all([world.tick(disturbed).catch(isKnown), chance(2) === 0 ? world.tick().catch(isKnown) : 0]);
    world.atlas.clock.skip(60_000);
  }
  await written;
  world.want(entry);
  world.atlas.receiver.act(world.receiver);
  await world.finish();
  return world;
}

/** Numbers, texts, ids and objects, so that pages cross from one BSON type to the next. */
function documentOf(number: number, version: number) {
  const ids = [new Int32(number), `text ${number}`, new ObjectId(number.toString(16).padStart(24, '0')), { number }];
  return { _id: ids[number % ids.length] ?? null, version: Long.fromNumber(version) };
}

async function writeOne(world: LoadWorld, chance: (most: number) => number, version: number): Promise<void> {
  await world.write(chance(3) === 0 ? 'delete' : 'upsert', documentOf(chance(50), version));
}

function isKnown(error: unknown): void {
  assert.match(String(error), /Cannot load: the database must answer|execution time limit exceeded/);
}

/** The same numbers for the same seed. */
function chanceOf(seed: number): (most: number) => number {
  let state = seed * 2_654_435_761;
  return (most) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % most;
  };
}
