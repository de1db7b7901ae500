import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { command as tables } from '../../../local/commands/tables.ts';
import { countInLake, type LakeCount } from '../../../local/doctor/counts/lake-counts.ts';
import { openPlaces } from '../../../local/query/open-places.ts';
import { folderWriter } from '../../../shared/lake/folder/folder-writer.ts';
import { performed } from '../../support/commands.ts';
import { storeEvents, type Told, toldEvent } from '../../support/lake-story.ts';
import { temporaryFolder } from '../../support/lakes.ts';
import { never } from '../../support/never.ts';

const orders = { database: 'shop', collection: 'orders' };
const people = { database: 'crm', collection: 'people' };
const unknown = { database: 'shop', collection: 'returns' };
const flat = { LAKE_LAYOUT: 'flat' };

/** Four orders, of which one is deleted and one is changed, and one person. */
const story = [
  ...[1, 2, 3, 4].map((id) => told({ id, fields: { n: id } })),
  told({ operationType: 'delete', id: 1 }),
  told({ operationType: 'update', id: 2, fields: { n: 20 } }),
  told({ db: 'crm', coll: 'people', id: 1, fields: { name: 'Ann' } }),
].map((event, at) => toldEvent({ ...event, second: at, increment: 1 }));

describe('countInLake()', () => {
  for (const LAKE_LAYOUT of ['partitioned', 'flat'])
    for (const LAKE_FILES of ['event', 'batch'])
      it(`counts the keys of the latest state in the files of a lake: ${LAKE_LAYOUT}, ${LAKE_FILES}`, async (t) => {
        const lake = await lakeAndTables(t);
        const settings = { LAKE_LAYOUT, LAKE_FILES };

        await storeEvents(lake, [story], settings);

        assert.deepEqual(await counted(lake, settings), [3, 1, 0]);
      });

  it('reads a lake in the flat layout also without the setting, as verify does', async (t) => {
    const lake = await lakeAndTables(t);

    await storeEvents(lake, [story], flat);

    assert.deepEqual(await counted(lake, {}), [3, 1, 0]);
  });

  it('counts a key once that the table and the files have', async (t) => {
    const lake = await lakeAndTables(t);
    await storeEvents(lake, [story.slice(0, 4)]);
    const { code, output } = await performed(tables, environmentOf(lake, {}), 'compact');
    assert.equal(code, 0, output);

    await storeEvents(lake, [story.slice(4)]);

    assert.deepEqual(await counted(lake, {}), [3, 1, 0]);
  });

  it('counts a key once that has files in folders and in the flat layout', async (t) => {
    const lake = await lakeAndTables(t);

    await storeEvents(lake, [story.slice(0, 4)]);
    await storeEvents(lake, [story.slice(4)], flat);

    assert.deepEqual(await counted(lake, flat), [3, 1, 0]);
    assert.deepEqual(await counted(lake, {}), [3, 1, 0]);
  });

  it('does not read a collection with more than 64 MB of files', async (t) => {
    const lake = await lakeAndTables(t);
    await storeEvents(lake, [story]);
    await sparseFile(join(lake.folder, 'shop/orders/year=2026/month=11/day=20/hour=10/change-large.json'));

    assert.deepEqual(await counted(lake, {}), [66, 1, 0]);
  });

  it('does not read a flat lake with more than 64 MB of files', async (t) => {
    const lake = await lakeAndTables(t);
    await storeEvents(lake, [story], flat);
    await sparseFile(join(lake.folder, 'change-large.json'));

    assert.deepEqual(await countsOf(lake, flat), [uncounted(0), uncounted(0), uncounted(0)]);
  });

  it('counts what folders have, also beside more than 64 MB of files outside of them', async (t) => {
    const lake = await lakeAndTables(t);
    await storeEvents(lake, [story.slice(0, 6)]);
    await storeEvents(lake, [story.slice(6)], flat);
    await sparseFile(join(lake.folder, 'change-1795169730-0000000002-8a50404b1988f70f.json'));

    assert.deepEqual(await countsOf(lake, {}), [uncounted(3), uncounted(0), uncounted(0)]);
  });
});

type Lake = Awaited<ReturnType<typeof lakeAndTables>>;

/** The tables have a folder beside the lake. */
async function lakeAndTables(t: TestContext) {
  const folder = join(await temporaryFolder(t), 'lake');
  return { folder, ...folderWriter(folder) };
}

/** For each collection its keys, or the megabytes that are too many. */
async function counted(lake: Lake, settings: Readonly<Record<string, string>>): Promise<readonly number[]> {
  const counts = await countsOf(lake, settings);
  return counts.map((count) => (count.kind === 'counted' ? count.keys : count.megabytes));
}

async function countsOf(lake: Lake, settings: Readonly<Record<string, string>>): Promise<readonly LakeCount[]> {
  const places = await openPlaces(environmentOf(lake, settings), 'count');
  return await countInLake([orders, people, unknown], places, never);
}

/** The files outside of folders were not read. */
function uncounted(keys: number): LakeCount {
  return { kind: 'counted', keys, flatMegabytes: 66 };
}

function environmentOf({ folder }: Lake, settings: Readonly<Record<string, string>>) {
  return { LAKE_URL: `file:${folder}`, ...settings };
}

function told(change: Partial<Told>): Omit<Told, 'second' | 'increment'> {
  return { operationType: 'insert', db: 'shop', coll: 'orders', ...change };
}

/** It has 65 MB, and takes no room. */
async function sparseFile(path: string): Promise<void> {
  await writeFile(path, '');
  await truncate(path, 65_000_000);
}
