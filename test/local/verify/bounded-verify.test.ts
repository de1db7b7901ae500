// What verify holds at once, counted: rows and bytes on their way into DuckDB, rows of a part, lists of files, copies
// of a table. The faults of DuckDB.
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { command as tables } from '../../../local/commands/tables.ts';
import { knownCollections } from '../../../local/query/known-collections.ts';
import { type LakeDatabase, openLakeDatabase } from '../../../local/query/lake-database.ts';
import { openPlaces, type Places } from '../../../local/query/open-places.ts';
import { readingFault } from '../../../local/reading-fault.ts';
import { compare } from '../../../local/verify/compare.ts';
import { prepareFingerprints, type Scope } from '../../../local/verify/fingerprints.ts';
import { readLake } from '../../../local/verify/lake-fingerprints.ts';
import { isOutOfMemory } from '../../../local/verify/memory-limits.ts';
import { readSource } from '../../../local/verify/source-fingerprints.ts';
import { stagedRows } from '../../../local/verify/staged-rows.ts';
import { changeEvents } from '../../support/change-events.ts';
import { performed } from '../../support/commands.ts';
import { storeEvents } from '../../support/lake-story.ts';
import { temporaryLake } from '../../support/lakes.ts';
import { never } from '../../support/never.ts';

const scope: Scope = { idsOnly: false, unchangedSince: undefined };
const { insert, update, replace } = changeEvents;

describe('stagedRows()', () => {
  for (const [limit, limits] of [
    ['rows', { rows: 10, bytes: 1000 }],
    ['bytes', { rows: 1000, bytes: 25 }],
  ] as const)
    it(`holds a limited number of ${limit}, and gives each row to its statement once`, async (t) => {
      const { connection } = await opened(t);
      await connection.run('CREATE TABLE taken (rows INTEGER, bytes INTEGER)');
      const statement = 'INSERT INTO taken SELECT count(*), sum(strlen(text)) FROM staged';

      const staged = await stagedRows(connection, ['text'], statement, limits);
      for (let row = 0; row < 101; row++) if (staged.add('four')) await staged.take();
      await staged.end();

      const taken = await connection.runAndReadAll('SELECT sum(rows)::INTEGER, max(rows), max(bytes) FROM taken');
      const [[rows, mostRows, mostBytes] = []] = taken.getRows();
      assert.deepEqual([rows, mostRows, mostBytes], limit === 'rows' ? [101, 10, 40] : [101, 7, 28]);
    });

  it('leaves no row in the temporary storage', async (t) => {
    const { connection } = await opened(t);

    const staged = await stagedRows(connection, ['text'], 'SELECT 1', { rows: 2000, bytes: 1e9 });
    for (let row = 0; row < 20_000; row++) if (staged.add('x'.repeat(100))) await staged.take();

    const held =
      "SELECT sum(memory_usage_bytes + temporary_storage_bytes)::BIGINT FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'";
    const [[bytes] = []] = (await connection.runAndReadAll(held)).getRows();
    assert.ok(Number(bytes) < 1_000_000, `${bytes} bytes`);
  });
});

describe('compare()', () => {
  for (const rows of [100, 5000])
    it(`finds the same differences in parts of ${rows} rows, and holds no more at once`, async (t) => {
      const { connection } = await opened(t);
      const documents = Array.from({ length: 1000 }, (_, number) =>
        sourceDocument(number, number % 100 === 7 ? 'new' : 'old'),
      );
      await readSource(connection, documents, scope, never);
      await connection.run(`INSERT INTO changes SELECT s.bucket, 'insert', '82' || row_number() OVER (), s.key, md5_number('{"a":"old"}'), false, NULL
        FROM source s WHERE key <> '{"_id":5}'`);
      await connection.run(
        `INSERT INTO changes SELECT md5_number_lower('{"_id":-1}') % 65536, 'insert', '82x', '{"_id":-1}', 0, false, NULL`,
      );
      // An end of the collection counts in each part.
      await connection.run(`INSERT INTO changes SELECT NULL, 'drop', '81', NULL, NULL, false, NULL`);
      await connection.run(
        `INSERT INTO changes SELECT bucket, 'insert', '80', '{"_id":5}', digest, false, NULL FROM source WHERE key = '{"_id":5}'`,
      );
      const steps: number[] = [0];

      const found = await compare(connection, scope, (compared) => steps.push(compared), { rows, bytes: 1e9 });

      assert.deepEqual(
        [found.missing, found.extra, found.different, found.sample.different[0]],
        [1, 1, 10, '{"_id":107}'],
      );
      const most = Math.max(...steps.slice(1).map((compared, index) => compared - (steps[index] ?? 0)));
      // Keys are spread by chance, so a part can have some more.
      assert.ok(most <= rows * 1.5, `${most} rows at once`);
      assert.equal(steps.length - 1, Math.ceil(2003 / rows));
    });

  it('makes small parts of long keys', async (t) => {
    const { connection } = await opened(t);
    await readSource(
      connection,
      Array.from({ length: 50 }, (_, number) => sourceDocument(`${number}${'x'.repeat(100)}`, '')),
      scope,
      never,
    );
    let parts = 0;

    await compare(connection, scope, () => parts++, { rows: 1000, bytes: 600 });

    assert.ok(parts >= 9, `${parts} parts`);
  });
});

describe('readLake()', () => {
  it('reads the files of a page before it lists the next page', async (t) => {
    const { places, database, collection } = await lakeOf(t);
    const steps: string[] = [];
    const { reader } = places.lake;
    const watched: Places = {
      ...places,
      lake: {
        ...places.lake,
        reader: {
          ...reader,
          list: async function* (folder, signal) {
            for await (const page of reader.list(folder, signal))
              for (const file of page) {
                steps.push('list');
                yield [file];
              }
          },
          read: async (path, signal) => {
            steps.push('read');
            return await reader.read(path, signal);
          },
        },
      },
    };

    await readLake(collection, { places: watched, database, scope, onRead: () => undefined, signal: never });

    assert.deepEqual(steps, ['list', 'read', 'list', 'read', 'list', 'read']);
  });

  it('takes a file that is removed before it is read for a fault, not for missing documents', async (t) => {
    const { places, database, collection } = await lakeOf(t);
    const { reader, folder = '' } = places.lake;
    const list: typeof reader.list = async function* (...asked) {
      for await (const page of reader.list(...asked)) {
        for (const { path } of page) await rm(join(folder, path));
        yield page;
      }
    };
    const pruned: Places = { ...places, lake: { ...places.lake, reader: { ...reader, list } } };

    await assert.rejects(
      readLake(collection, { places: pruned, database, scope, onRead: () => undefined, signal: never }),
      {
        name: 'CommandError',
        message:
          'Cannot read sample_mflix.movies: Cannot read event files: each must stay until the end: 3 were removed: run the command again',
      },
    );
  });

  it('keeps one copy of a table file from Azure at most', async (t) => {
    const { places, database, collection } = await lakeOf(t, 'delta');
    const remote = places.tables && { ...places.tables, folder: undefined };

    await readLake(collection, {
      places: { ...places, tables: remote },
      database,
      scope,
      onRead: () => undefined,
      signal: never,
    });

    const left = (await readdir(database.folder, { recursive: true })).filter((name) => name.endsWith('.parquet'));
    const counted = await database.connection.runAndReadAll('SELECT count(*) FROM changes');
    assert.deepEqual([left, Number(counted.getRows()[0]?.[0])], [[], 3]);
  });
});

describe('isOutOfMemory()', () => {
  // An appender refuses a text over the limit. Then a statement refuses it, if it fits but its copies do not.
  for (const bytes of [9_000_000, 6_000_000])
    it(`recognizes what DuckDB says of a document with ${bytes} bytes and a limit of 8 MB`, async (t) => {
      const { connection } = await opened(t, '8MB');

      const reading = readSource(connection, [sourceDocument(1, 'x'.repeat(bytes))], scope, never);

      await assert.rejects(reading, isOutOfMemory);
    });
});

describe('readingFault()', () => {
  it('shows the type of a fault of DuckDB, and no value of its message', async (t) => {
    const { connection } = await opened(t);

    const fault = await connection.run(`SELECT CAST('secret' AS INTEGER)`).catch((error: unknown) => error);

    assert.match(String(fault), /secret/);
    assert.equal(
      String(readingFault('shop.orders', fault)),
      'CommandError: Cannot read shop.orders: DuckDB must be able to read it: Conversion Error',
    );
  });
});

describe('prepareFingerprints()', () => {
  it('limits the buffers and the threads of DuckDB', async (t) => {
    const { connection } = await opened(t);

    const settings = await connection.runAndReadAll(
      "SELECT current_setting('memory_limit'), current_setting('threads')",
    );

    assert.deepEqual(settings.getRows(), [['76.2 MiB', 1n]]);
  });
});

async function opened(t: TestContext, memory = '80MB'): Promise<LakeDatabase> {
  const database = await openLakeDatabase();
  t.after(database.close);
  await prepareFingerprints(database.connection, database.folder, memory);
  return database;
}

function sourceDocument(_id: unknown, a: string) {
  return { key: JSON.stringify({ _id }), data: JSON.stringify({ a }), bytes: 10, event: () => Buffer.alloc(0) };
}

/** A lake with three events in three files. */
async function lakeOf(t: TestContext, kind: 'files' | 'delta' = 'files') {
  const lake = await temporaryLake(t);
  t.after(() => rm(`${lake.folder}-tables`, { recursive: true, force: true }));
  await storeEvents(lake, [[insert, update, replace]]);
  const environment = { LAKE_URL: `file:${lake.folder}`, TABLES: 'delta' };
  if (kind === 'delta') await performed(tables, environment, 'compact');
  const places = await openPlaces(environment, 'verify');
  const [collection] = (await knownCollections(places, never)).collections;
  assert.ok(collection);
  return { places, database: await opened(t), collection };
}
