import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { command as query } from '../../../local/commands/query.ts';
import { command as tables } from '../../../local/commands/tables.ts';
import { command } from '../../../local/commands/views.ts';
import { engines } from '../../../local/views/engine.ts';
import { changeEvents, insertOf } from '../../support/change-events.ts';
import { performed } from '../../support/commands.ts';
import { storeEvents } from '../../support/lake-story.ts';
import { type TemporaryLake, temporaryLake } from '../../support/lakes.ts';

const { insert, update, drop } = changeEvents;

describe('npm run views', () => {
  for (const format of ['relaxed', 'canonical', 'simple']) {
    it(`writes views for DuckDB with the same rows as npm run query, over files in the format ${format}`, async (t) => {
      const environment = { DOCUMENT_FORMAT: format };
      const lake = await lakeOf(t, environment);
      const script = await views(lake, ['--engine', 'duckdb'], environment);

      for (const name of ['movies_latest', 'movies_history', 'movies_changes']) {
        const sql = `select * exclude (${name === 'movies_changes' ? 'data, updateDescription, rest' : '_data'}) from sample_mflix.${name} order by all`;
        assert.deepEqual(await inDuckdb(script, sql), await inQuery(lake, sql, environment), name);
      }
    });
  }

  it('writes the same text for the same lake, for every engine', async (t) => {
    const lake = await lakeOf(t);
    for (const engine of engines) {
      const first = await views(lake, ['--engine', engine]);
      const second = await views(lake, ['--engine', engine]);

      assert.equal(first, second);
      assert.match(first, /^-- sample_mflix\.movies for .*\n-- Columns from a sample of 3 documents\./);
      assert.match(first, /-- To run it:\n/);
      for (const column of ['_key', '_sequence', '_clusterTime', '_data', '_valid_from', '_valid_to', '_is_current'])
        assert(first.includes(column), `${engine} has ${column}`);
    }
  });

  it('reads the table if it exists, and adds _fresh views with the files of the last two hours', async (t) => {
    const lake = await lakeOf(t);
    t.after(() => rm(`${lake.folder}-tables`, { recursive: true, force: true }));
    const files = await views(lake, ['--engine', 'synapse']);
    await performed(tables, { LAKE_URL: `file:${lake.folder}`, TABLES: 'delta' }, 'compact');

    const table = await views(lake, ['--engine', 'synapse']);

    assert.match(files, /Read from the files of events/);
    assert.doesNotMatch(files, /FORMAT = 'DELTA'|_fresh/);
    assert.match(
      table,
      /OPENROWSET\(BULK 'sample_mflix\/movies', DATA_SOURCE = 'lake_tables', FORMAT = 'DELTA'\)\n {2}WITH \(operationType/,
    );
    for (const kind of ['changes', 'latest', 'history'])
      assert(table.includes(`CREATE OR ALTER VIEW "sample_mflix"."movies_${kind}_fresh"`), kind);
  });

  it('says which files of the flat layout the views do not read', async (t) => {
    const lake = await lakeOf(t);
    const given = ['--engine', 'duckdb', '--collection', 'sample_mflix.movies'];
    const written = () => performed(command, { LAKE_URL: `file:${lake.folder}` }, ...given);
    const before = await written();
    await storeEvents(lake, [[insertOf({ _id: 5 })]], { LAKE_LAYOUT: 'flat' });

    const after = await written();

    const note = 'The views do not read the files of sample_mflix.movies outside of folders (1): npm run query does\n';
    assert.deepEqual([before.output.includes('outside of'), after.output.includes(note)], [false, true]);
  });

  it('names the places of a lake in Azure, and placeholders for a lake on this machine', async (t) => {
    const lake = await lakeOf(t);

    const spark = await views(lake, ['--engine', 'spark']);

    assert.match(
      spark,
      /text\.`abfss:\/\/<container>@<account>\.dfs\.core\.windows\.net\/<directory>\/sample_mflix\/movies`/,
    );
    assert.match(spark, /put your account and container in the place of <account>/);
  });

  it('writes a file of columns that a person can change and give back', async (t) => {
    const lake = await lakeOf(t);
    const file = join(lake.folder, '..', `columns-${process.pid}.json`);
    t.after(() => rm(file, { force: true }));
    const inferred = await performed(
      command,
      at(lake),
      '--infer',
      '--collection',
      'sample_mflix.movies',
      '--out',
      file,
    );
    const text = await readFile(file, 'utf8');
    const changed = JSON.parse(text);
    changed.columns = [
      { field: ['title'], name: 'Name of the film', type: 'string' },
      { field: ['price'], name: '_key', type: 'decimal(10,1)' },
    ];
    await writeFile(file, JSON.stringify(changed));

    const script = await views(lake, ['--engine', 'duckdb', '--columns', file]);
    const rows = await inDuckdb(
      script,
      'select * exclude (_key, _sequence, _clusterTime, _data) from sample_mflix.movies_latest order by all',
    );

    assert.equal(inferred.code, 0, inferred.output);
    assert.match(text, /\{"field":\["price"\],"name":"price","type":"decimal\(38,2\)"\}/);
    assert.match(script, /^-- Columns from a file, by hand\./m);
    // 19.90 needs only one digit after the point.
    assert.deepEqual(rows, [
      { 'Name of the film': 'Heat', _key_2: null },
      { 'Name of the film': null, _key_2: '19.9' },
    ]);
  });

  it('names what it cannot use, and what it needs', async (t) => {
    const lake = await lakeOf(t);
    const file = join(lake.folder, '..', `wrong-${process.pid}.json`);
    t.after(() => rm(file, { force: true }));
    await writeFile(file, '{"columns":[{"field":"a"},{"field":["a"],"name":"a","type":"text"}]}');
    const outputs = [];
    for (const args of [
      ['--collection', 'a.b'],
      ['--engine', 'spark'],
      ['--engine', 'spark', '--collection', 'shop.orders'],
      ['--engine', 'spark', '--collection', 'sample_mflix.movies', '--columns', file],
    ])
      outputs.push((await performed(command, at(lake), ...args)).output.replace(JSON.stringify(file), '"file"'));

    assert.deepEqual(outputs, [
      'Cannot write views: --engine must be one of duckdb, synapse, synapse-dedicated, fabric, spark, snowflake, redshift: it is missing\n',
      'Cannot write views: --collection must be <database>.<collection>: it is missing\n',
      'Cannot write views: --collection must be in the lake: shop.orders is not; there are sample_mflix.movies\n',
      'Cannot use "file": number 1 of "columns" must have a "field", such as ["address", "city"]; number 2 of "columns" must have a "type", one of boolean, int64, double, timestamp, date, string, binary, json or decimal(p,s)\n',
    ]);
  });
});

const price = { $numberDecimal: '19.90' };
const other = {
  _id: { no: 1, name: 'é' },
  price,
  age: 1,
  operationType: 'x',
  data: [1],
  'a.b': true,
  when: { $date: { $numberLong: '0' } },
};

async function lakeOf(t: TestContext, environment: Record<string, string> = {}): Promise<TemporaryLake> {
  const lake = await temporaryLake(t);
  const second = { ...insertOf(other), documentKey: { _id: other._id }, _id: { _data: `${insert._id._data}9` } };
  const before = { ...drop, _id: { _data: `${insert._id._data}1` } };
  await storeEvents(lake, [[insert, before, update, second]], environment);
  await storeEvents(lake, [[update, second]], { ...environment, LAKE_FILES: 'batch' });
  return lake;
}

function at(lake: TemporaryLake): Record<string, string> {
  return { LAKE_URL: `file:${lake.folder}` };
}

async function views(lake: TemporaryLake, args: string[], environment = {}): Promise<string> {
  const all = { ...at(lake), ...environment };
  const { code, output, printed } = await performed(command, all, '--collection', 'sample_mflix.movies', ...args);
  assert.equal(code, 0, output);
  return printed;
}

async function inDuckdb(script: string, sql: string): Promise<unknown> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(script);
  const result = await connection.runAndReadAll(sql);
  const rows = result.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows.map(plainTimes);
}

async function inQuery(lake: TemporaryLake, sql: string, environment: Record<string, string>): Promise<unknown> {
  const { code, output, printed } = await performed(query, { ...at(lake), ...environment }, sql, '--json');
  assert.equal(code, 0, output);
  return JSON.parse(printed).map(plainTimes);
}

/** DuckDB's own JSON has times without their zone, and integers as texts. */
function plainTimes(row: Record<string, unknown>): Record<string, string | null> {
  const entries = Object.entries(row).map(([name, value]): [string, string | null] => {
    const text = value === null ? null : String(value);
    return [
      name,
      text?.replace(
        /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?Z?$/,
        (_, day, time, part) => `${day}T${time}${Number(part ?? 0)}`,
      ) ?? null,
    ];
  });
  return Object.fromEntries(entries);
}
