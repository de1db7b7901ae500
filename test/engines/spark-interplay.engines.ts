// Spark and our own compaction write one table, in turn. Nothing is lost, and nothing counts twice. Then the notebook
// runs.
import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { changesIn, compare, latestOf } from './support/model.ts';
import { runJob, runNotebook, sparkRows, tableRows } from './support/spark.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';

const { waves } = tellStory(3);
const places = temporaryPlaces();
const orders = places.changes('orders');
const person = '000000000000000000000002';
const key = `{"_id":{"$oid":"${person}"}}`;

describe('Spark between two commits of ours', () => {
  before(async () => {
    await tell(waves[0] ?? [], places);
    await compactTables(places);
  });

  it('appends events, and we add none of them a second time', async () => {
    await tell(waves[1] ?? [], places);
    const printed = await runJob(
      'compact',
      ...['--lake', places.lake, '--tables', places.tables, '--collection', 'shop/orders'],
    );

    await compactTables(places);

    assert.match(printed, /^shop\/orders: [1-9]\d* rows added$/m);
    assert.deepEqual(await sequences(), wantedSequences());
  });

  it('joins files, and our compaction continues', async () => {
    const printed = await runJob('maintain', 'optimize', '--table', orders);

    await tell(waves[2] ?? [], places);
    await compactTables(places);

    assert.match(printed, /^[2-9]\d* files became [1-9]\d*$/m);
    assert.deepEqual(await sequences(), wantedSequences());
  });

  it('erases a person for good, and says what else has the person', async () => {
    const rows = changesIn(places.lake, 'shop', 'orders').filter((change) => change.key === key).length;
    for (const file of eventFiles()) if (file.includes(person)) rmSync(join(places.lake, file));

    const erased = await runJob('maintain', 'erase', '--table', orders, '--key', key);
    await runJob('maintain', 'vacuum', '--table', orders, '--keep-hours', '0');
    await compactTables(places);

    assert(rows > 0);
    assert.match(erased, new RegExp(`^${rows} rows erased$`, 'm'));
    assert.match(erased, /Event files of the lake[\s\S]*latest\.py and history\.py[\s\S]*maintain\.py vacuum --table/);
    assert.deepEqual(await sequences(), wantedSequences());
    for (const file of globSync('**/*.parquet', { cwd: orders }))
      assert(!readFileSync(join(orders, file)).includes(person), file);
    const properties = await sparkRows(`SHOW TBLPROPERTIES delta.\`${orders}\``);
    assert(properties.some((property) => property['key'] === 'delta.appendOnly' && property['value'] === 'true'));
  });

  it('leaves a table that we append to', async () => {
    await tell(waves[3] ?? [], places);
    await compactTables(places);
    await compactTables(places);

    assert.deepEqual(await sequences(), wantedSequences());
  });

  it('keeps files that a reader may still need', async () => {
    const before = globSync('**/*.parquet', { cwd: orders });

    await runJob('maintain', 'optimize', '--table', orders);
    await runJob('maintain', 'vacuum', '--table', orders);

    const after = globSync('**/*.parquet', { cwd: orders });
    for (const file of before) assert(after.includes(file), file);
  });

  it('lists the files of the table for Redshift, at the place of their copy', async () => {
    await runJob('maintain', 'manifest', '--table', orders, '--location', 's3://bucket/shop/orders/');

    const listed = manifests().flatMap((file) => readFileSync(join(orders, file), 'utf8').trim().split('\n'));
    const files = await sparkRows(`SELECT DISTINCT _metadata.file_name AS name FROM delta.\`${orders}\``);
    assert.deepEqual(
      listed.map((file) => file.split('/').at(-1)).toSorted(),
      files.map((file) => file['name']).toSorted(),
    );
    for (const file of listed) {
      assert.match(file, /^s3:\/\/bucket\/shop\/orders\/date=\d{4}-\d\d-\d\d\/[^/]+\.parquet$/);
      assert(existsSync(join(orders, file.replace('s3://bucket/shop/orders/', ''))), file);
    }
  });

  it('removes the manifest of a day that has no rows any more', async () => {
    const days = manifests().length;
    const first = '2026-11-20';
    await sparkRows(`ALTER TABLE delta.\`${orders}\` SET TBLPROPERTIES ('delta.appendOnly' = 'false')`);
    await sparkRows(`DELETE FROM delta.\`${orders}\` WHERE date = DATE '${first}'`);

    await runJob('maintain', 'manifest', '--table', orders, '--location', 's3://bucket/shop/orders/');

    assert(days > 1);
    assert.equal(manifests().length, days - 1);
    assert(!manifests().some((file) => file.includes(first)));
  });

  it('refuses a folder without a table', async () => {
    await assert.rejects(
      runJob('maintain', 'optimize', '--table', places.lake),
      /^Error: Cannot maintain table: --table must name a Delta table: it is /,
    );
  });
});

describe('the notebook of infra/spark', () => {
  it('runs cell by cell', async () => {
    const { lake, beside } = places;
    const { cells, printed } = await runNotebook({ lake, tables: beside('by-notebook'), typed: beside('typed') });

    const rows = await tableRows(beside('typed', 'shop', 'orders_latest'), '_key');
    assert.deepEqual(
      rows.map(({ _sequence }) => String(_sequence)).toSorted(compare),
      latestOf(changesIn(lake, 'shop', 'orders')).map(({ _sequence }) => _sequence),
    );
    assert(cells > 5);
    assert.match(printed, /^shop\/orders: [1-9]\d* rows added$/m);
    assert.match(printed, /_valid_from/);
  });
});

async function sequences(): Promise<readonly unknown[]> {
  return (await tableRows(orders, 'sequence')).map(({ sequence }) => sequence);
}

/** The sequence of each event of the lake, once. */
function wantedSequences(): readonly string[] {
  return changesIn(places.lake, 'shop', 'orders').map(({ sequence }) => sequence);
}

function eventFiles(): readonly string[] {
  return globSync('shop/**/*.json', { cwd: places.lake });
}

/** The manifest of each day; empty before the first run. */
function manifests(): readonly string[] {
  const folder = '_symlink_format_manifest';
  if (!existsSync(join(orders, folder))) return [];
  return readdirSync(join(orders, folder))
    .filter((name) => name.startsWith('date='))
    .map((name) => join(folder, name, 'manifest'));
}
