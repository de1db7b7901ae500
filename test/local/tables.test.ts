import assert from 'node:assert/strict';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { command } from '../../local/commands/tables.ts';
import { performed } from '../support/commands.ts';
import { batchFilesOf, eventFile, insertEvent, type LakeEventFile } from '../support/lake-events.ts';
import { temporaryFolder, unreachableLake } from '../support/lakes.ts';

describe('npm run tables', () => {
  it('shows how far each table is', async (t) => {
    const { environment } = await lakeWith(t, [eventFile(insertEvent()), eventFile(insertEvent({ second: 7_200 }))]);

    const before = await shownIn(environment);
    await performed(command, environment, 'compact', '--from', '2026-11-20', '--to', '2026-11-20T11');
    const between = await shownIn(environment);
    await performed(command, environment, 'compact');
    const after = await shownIn(environment);

    const names = { db: 'shop', coll: 'orders' };
    assert.deepEqual(
      [before, between, after],
      [
        [{ ...names, version: null, rows: 0, files: 0, newest: null, behindSeconds: 7_200 }],
        [{ ...names, version: 0, rows: 1, files: 1, newest: '2026-11-20T10:00:00.000Z', behindSeconds: 7_200 }],
        [{ ...names, version: 1, rows: 2, files: 2, newest: '2026-11-20T12:00:00.000Z', behindSeconds: 0 }],
      ],
    );
    const { printed } = await performed(command, environment);
    assert.match(printed, /^shop\.orders +1 +2 +2 +2026-11-20T12:00:00\.000Z +0 s$/m);
  });

  it('compacts one collection, and ends with 0 if all of it is in the table', async (t) => {
    const { environment, folder } = await lakeWith(t, [
      eventFile(insertEvent()),
      eventFile(insertEvent({ coll: 'carts' })),
    ]);

    const { code, printed } = await performed(command, environment, 'compact', '--collection', 'shop.carts', '--json');

    assert.equal(code, 0);
    assert.partialDeepStrictEqual(JSON.parse(printed), { tables: 1, rows: 1, filesRead: 1, left: 0, done: true });
    assert.deepEqual(await readdir(join(folder, 'lake-tables/shop')), ['carts']);
  });

  it('prints names without control characters', async (t) => {
    const coll = 'a\u001b[2J\u009b31m\u007f\u2028\u202eb';
    const { environment } = await lakeWith(t, [eventFile(insertEvent({ coll }))]);

    const outputs = [
      await performed(command, environment),
      await performed(command, environment, 'compact'),
      await performed(command, environment, 'prune'),
    ];

    assert.match(outputs[0]?.output ?? '', /shop\.a\\u001b\[2J\\u009b31m\\u007f\\u2028\\u202eb/);
    for (const { output } of outputs) assert.doesNotMatch(output.replaceAll('\n', ''), /[\p{Cc}\p{Zl}\u202e]/u);
  });

  it('says in one line that the store does not answer', async () => {
    const { code, output } = await performed(command, unreachableLake, 'compact');

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot read the lake and its tables: the lake must answer: RestError ECONNREFUSED: npm run doctor shows the cause$/m,
    );
  });

  it('names a file that cannot be read, adds the others, and ends with 1', async (t) => {
    const torn = { path: 'lake/shop/orders/year=2026/month=11/day=20/hour=10/torn.json', content: Buffer.from('{') };
    const { environment } = await lakeWith(t, [eventFile(insertEvent()), torn]);

    const { code, printed } = await performed(command, environment, 'compact');

    assert.equal(code, 1);
    assert.match(printed, /1 rows from 1 files/);
    assert.match(printed, /^Cannot read .*torn\.json: one of its lines is not a line of the lake$/m);
  });

  it('writes the same rows as JSON Lines', async (t) => {
    const { environment, folder } = await lakeWith(
      t,
      batchFilesOf([insertEvent({ second: 1 }), insertEvent({ second: 2 })]),
    );
    const asJsonl = { ...environment, TABLES: 'jsonl' };

    const first = await performed(command, asJsonl, 'compact');
    const second = await performed(command, asJsonl, 'compact', '--json');

    assert.equal(first.code, 0);
    assert.equal(JSON.parse(second.printed).rows, 0);
    assert.deepEqual(await readdir(join(folder, 'lake-tables/shop/orders/year=2026/month=11/day=20/hour=10')), [
      'events-20261120-10-0001.jsonl',
    ]);
    assert.partialDeepStrictEqual(await shownIn(asJsonl), [
      { files: 1, newest: '2026-11-20T10:00:02.000Z', behindSeconds: 0 },
    ]);
  });

  it('prunes event files with all their events in the table, only with --yes', async (t) => {
    const half = batchFilesOf([insertEvent({ second: 1 }), insertEvent({ second: 2 })]);
    const { environment, folder } = await lakeWith(t, [
      eventFile(insertEvent()),
      eventFile(insertEvent({ second: 1 })),
    ]);
    await performed(command, environment, 'compact');
    await write(folder, half);

    const shown = await performed(command, environment, 'prune', '--older-than', '0h');
    const kept = await filesIn(folder);
    const done = await performed(command, environment, 'prune', '--older-than', '0h', '--yes', '--json');

    assert.match(
      shown.printed,
      /^shop\.orders: 2 event files \(\d+ KB\) to remove; 1 stay, because the table lacks some of their events$/m,
    );
    assert.equal(kept.length, 3);
    assert.partialDeepStrictEqual(JSON.parse(done.printed), { removed: true, tables: [{ files: 2, kept: 1 }] });
    assert.deepEqual(await filesIn(folder), [half[0]?.path.split('/').at(-1)]);
  });

  it('names collections as MongoDB does, not as their folders', async (t) => {
    const orders = { ...insertEvent(), ns: { db: 'my shop', coll: 'orders' } };
    const { environment } = await lakeWith(t, [eventFile(orders)]);
    await performed(command, environment, 'compact');

    const { printed } = await performed(command, environment, 'prune', '--older-than', '0h', '--json');

    assert.partialDeepStrictEqual(JSON.parse(printed), { tables: [{ db: 'my shop', coll: 'orders' }] });
  });

  it('prunes nothing younger than the given age', async (t) => {
    const { environment } = await lakeWith(t, [
      eventFile({ ...insertEvent(), clusterTime: { $timestamp: { t: Math.floor(Date.now() / 1000), i: 1 } } }),
    ]);
    await performed(command, environment, 'compact');

    const { printed } = await performed(command, environment, 'prune', '--older-than', '1d', '--json');

    assert.partialDeepStrictEqual(JSON.parse(printed), { removed: false, tables: [{ files: 0, kept: 0 }] });
  });

  it('removes orphans older than the given age, and no file of the table', async (t) => {
    const { environment, folder } = await lakeWith(t, [eventFile(insertEvent())]);
    await performed(command, environment, 'compact');
    const day = join(folder, 'lake-tables/shop/orders/date=2026-11-20');
    const old = new Date(Date.now() - 8 * 86_400_000);
    for (const name of ['part-old.parquet', 'part-new.parquet']) await writeFile(join(day, name), 'orphan');
    for (const name of await readdir(day)) if (name !== 'part-new.parquet') await utimes(join(day, name), old, old);

    await performed(command, environment, 'orphans', '--yes');

    const left = await readdir(day);
    assert.deepEqual(
      [left.includes('part-old.parquet'), left.includes('part-new.parquet'), left.length],
      [false, true, 2],
    );
  });

  for (const [args, message] of [
    [['compress'], /must be one of compact, prune and orphans: it is "compress"/],
    [['compact', '--from', '2026-11-20T24'], /--from must be a day or an hour in UTC/],
    [['compact', '--from', '2026-02-30'], /--from must be a day or an hour in UTC/],
    [['compact', '--from', '2026-11-20', '--to', '2026-11-20'], /--to must be after --from/],
    [['compact', '--collection', 'orders'], /--collection must be <database>\.<collection>/],
    [['prune', '--older-than', 'soon'], /--older-than must be days or hours/],
    [['compact', '--from', '2026-11-20T10:30'], /--from must be a day or an hour in UTC.*: it is "2026-11-20T10:30"/],
    [['compact', '--collection', 'shop.ordres'], /--collection must be in the lake: "shop\.ordres" is not$/m],
    [['prune', '--from', '2026-11-20', '--yes'], /^Cannot prune: --from must come with compact: it comes with prune$/m],
    [['compact', '--yes'], /^Cannot compact: --yes must come with prune or orphans: it comes with compact$/m],
    [
      ['--collection', 'shop.orders'],
      /^Cannot show tables: --collection must come with compact or prune or orphans: it comes alone$/m,
    ],
  ] as const)
    it(`says what is wrong with ${args.join(' ')}`, async (t) => {
      const { environment } = await lakeWith(t, []);

      const { code, output } = await performed(command, environment, ...args);

      assert.equal(code, 1);
      assert.match(output, message);
    });

  it('names a table that cannot be read, adds to the others, and ends with 1', async (t) => {
    const { environment, folder } = await lakeWith(t, [
      eventFile(insertEvent()),
      eventFile(insertEvent({ coll: 'carts' })),
    ]);
    const log = 'lake-tables/shop/orders/_delta_log';
    await write(folder, [{ path: `${log}/00000000000000000000.json`, content: Buffer.from('{') }]);

    const compacted = await performed(command, environment, 'compact');
    const shown = await performed(command, environment);
    const asJson = await performed(command, environment, '--json');

    const reason = 'Cannot read a table: each line of its log must be JSON: one is not';
    assert.deepEqual([compacted.code, shown.code, asJson.code], [1, 1, 1]);
    assert.match(compacted.printed, new RegExp(`^Cannot compact shop\\.orders: ${reason}$`, 'm'));
    assert.match(compacted.printed, /^1 rows from 1 files/m);
    assert.match(shown.printed, new RegExp(`^Cannot read the table of shop\\.orders: ${reason}$`, 'm'));
    assert.partialDeepStrictEqual(JSON.parse(asJson.printed), {
      tables: [{ db: 'shop', coll: 'carts', version: 0, rows: 1, files: 1, behindSeconds: 0 }],
      broken: [{ db: 'shop', coll: 'orders', reason }],
    });
  });

  it('says in one line for each table that its store takes no files', async (t) => {
    const { environment, folder } = await lakeWith(t, [eventFile(insertEvent())]);
    // A file at the place of the tables' folder. Not even root can write there.
    await writeFile(join(folder, 'taken'), '');

    const { code, printed } = await performed(
      command,
      { ...environment, TABLES_URL: `file:${join(folder, 'taken/tables')}` },
      'compact',
    );

    assert.equal(code, 1);
    assert.match(printed, /^Cannot compact shop\.orders: the store must do what is asked: Error ENOTDIR$/m);
  });

  it('says that a flat lake has no tables', async () => {
    const { code, output } = await performed(command, { LAKE_URL: 'file:./lake', LAKE_LAYOUT: 'flat' });

    assert.equal(code, 1);
    assert.match(output, /LAKE_LAYOUT must be "partitioned"/);
  });
});

async function lakeWith(t: TestContext, files: readonly LakeEventFile[]) {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'lake'));
  await write(folder, files);
  return { folder, environment: { LAKE_URL: `file:${join(folder, 'lake')}` } };
}

async function write(folder: string, files: readonly LakeEventFile[]): Promise<void> {
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'lake'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function shownIn(environment: Record<string, string>) {
  const { printed } = await performed(command, environment, '--json');
  return JSON.parse(printed).tables;
}
