// Runs the views of `npm run views -- --engine snowflake` in an emulator of Snowflake, and compares them with the
// model.
//
// Two statements cannot run there: CREATE STAGE on Azure with an integration, and CREATE ICEBERG TABLE. Tables replace
// them, with the rows that Snowflake would read through them. The emulator lacks OBJECT_DELETE: it is a macro of its
// DuckDB here. `_fresh` gets the time of the story. All other statements run as they are written.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Column } from '../../local/views/column-type.ts';
import { snowflakeDialect } from '../../local/views/snowflake/snowflake-dialect.ts';
import { changeColumns } from '../../local/views/view-queries.ts';
import { askSnowflake, type SnowflakeStep } from './support/dialects.ts';
import { changesIn, compare, historyOf, latestOf, stateAt } from './support/model.ts';
import { queryDuckDb } from './support/readers.ts';
import type { Row } from './support/spark.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';
import { viewsOf } from './support/views-text.ts';

const places = temporaryPlaces();

describe('the generated views in Snowflake', () => {
  before(async () => {
    const { waves } = tellStory(6);
    for (const [number, wave] of waves.entries()) {
      await tell(wave, places, number % 2 === 0 ? 'event' : 'batch');
      // Only the files have the last wave: `_fresh` must add it.
      if (number === waves.length - 2) await compactTables(places);
    }
  });

  for (const coll of ['orders', 'carts', 'baskets']) {
    it(`give the newest state and the history of ${coll}, and so any moment, over files`, async () => {
      const steps = await viewsSteps(coll, places.beside('no-tables'));

      await assertLikeModel(steps, coll, '', changesIn(places.lake, 'shop', coll));
    });

    it(`give the newest state and the history of ${coll}, and so any moment, over the table`, async () => {
      const steps = await viewsSteps(coll, places.tables);
      const inTable = new Set((await tableRows(coll)).map(({ sequence }) => sequence));
      const changes = changesIn(places.lake, 'shop', coll);
      const compacted = changes.filter(({ sequence }) => inTable.has(sequence));

      assert(compacted.length < changes.length, 'the last wave is in files alone');
      await assertLikeModel(steps, coll, '', compacted);
    });

    it(`add the events of files that the table of ${coll} lacks: _fresh`, async () => {
      const inTable = new Set((await tableRows(coll)).map(({ sequence }) => sequence));
      const changes = changesIn(places.lake, 'shop', coll);
      const now = changes.at(-1)?.clusterTime ?? '';
      const since = new Date(Date.parse(now) - 2 * 3_600_000).toISOString();
      const seen = changes.filter(({ sequence, clusterTime }) => inTable.has(sequence) || clusterTime >= since);
      const clock = `CAST('${now.slice(0, -1)}' AS TIMESTAMP_NTZ)`;
      const steps = await viewsSteps(coll, places.tables);

      assert(seen.length > inTable.size);
      await assertLikeModel(
        steps.map((step) => ({ ...step, sql: step.sql.replaceAll('sysdate()', clock) })),
        coll,
        '_fresh',
        seen,
      );
    });
  }

  it('give the columns of changes as the table has them, over files', async () => {
    const [rows = []] = await askSnowflake(await viewsSteps('orders', places.beside('no-tables')), [
      'SELECT * FROM shop.orders_changes ORDER BY sequence',
    ]);

    const changes = changesIn(places.lake, 'shop', 'orders');
    assert.deepEqual(
      Object.keys(rows[0] ?? {}),
      changeColumns.map((name) => name.toUpperCase()),
    );
    assert.deepEqual(
      rows.map(({ OPERATIONTYPE, SEQUENCE, CLUSTERTIME, DATE, DB, COLL }) => [
        OPERATIONTYPE,
        SEQUENCE,
        CLUSTERTIME,
        DATE,
        DB,
        COLL,
      ]),
      changes.map(({ operationType, sequence, clusterTime }) => {
        return [operationType, sequence, clusterTime, clusterTime.slice(0, 10), 'shop', 'orders'];
      }),
    );
    const restOf = (one: Row) => (one['REST'] === null ? {} : JSON.parse(String(one['REST'])));
    assert(rows.some((row) => restOf(row).snapshot === true));
  });

  for (const [format, document] of Object.entries(everyType()))
    it(`give a typed value for each type of ours, and null where it does not fit: ${format}`, async () => {
      const { select } = snowflakeDialect.fields(columns);
      const read = (data: string) => ({ sql: `INSERT INTO documents SELECT %s`, rows: [[data]] });
      const steps = [{ sql: 'CREATE TABLE documents (data VARCHAR)' }, read(document), read(misfits)];

      const [rows = []] = await askSnowflake(steps, [
        `SELECT ${select.join(', ')} FROM documents ORDER BY data LIKE '%not fit%'`,
      ]);

      assert.deepEqual(rows, [expected, Object.fromEntries(columns.map(({ name }) => [name.toUpperCase(), null]))]);
    });
});

/** The statements. Tables replace the two that the emulator lacks. */
async function viewsSteps(coll: string, tables: string): Promise<SnowflakeStep[]> {
  const text = await viewsOf('snowflake', coll, places.lake, tables);
  const stage = `(SELECT $1 AS line, metadata$filename AS file FROM @"SHOP"."LAKE"/${coll})`;
  const statements = text
    .replace(/^--.*\n/gm, '')
    .split(/;\n*/)
    .map((one) => one.trim().replaceAll(stage, '(SELECT line, file FROM stage_lines)'))
    .filter((one) => one !== '');
  const standIns = statements.filter((one) => /^CREATE (STAGE|ICEBERG TABLE)/.test(one));
  assert.equal(standIns.length, tables === places.tables ? 2 : 1);
  const [schema, ...views] = statements.filter((one) => !standIns.includes(one)).map((sql) => ({ sql }));
  assert(schema !== undefined);
  return [schema, ...stageOf(coll), ...(tables === places.tables ? await tableOf(coll) : []), ...views];
}

function stageOf(coll: string): SnowflakeStep[] {
  const folder = join(places.lake, 'shop', coll);
  const rows = globSync('year=*/**/*.json*', { cwd: folder }).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => [line, basename(file)]),
  );
  return [
    { sql: 'CREATE TABLE stage_lines (line VARIANT, file VARCHAR)' },
    { sql: 'INSERT INTO stage_lines SELECT parse_json(%s), %s', rows },
  ];
}

async function tableRows(coll: string): Promise<readonly Row[]> {
  return await queryDuckDb(`FROM delta_scan('${places.changes(coll)}')`);
}

async function tableOf(coll: string): Promise<SnowflakeStep[]> {
  const typeOf = (name: string) => (name === 'date' ? 'DATE' : name.endsWith('Time') ? 'TIMESTAMP_TZ' : 'VARCHAR');
  const table = `"SHOP"."${coll.toUpperCase()}_TABLE"`;
  const rows = (await tableRows(coll)).map((row) => changeColumns.map((name) => row[name] ?? null));
  return [
    { sql: `CREATE TABLE ${table} (${changeColumns.map((name) => `"${name}" ${typeOf(name)}`).join(', ')})` },
    { sql: `INSERT INTO ${table} VALUES (${changeColumns.map(() => '%s').join(', ')})`, rows },
  ];
}

async function assertLikeModel(
  steps: readonly SnowflakeStep[],
  coll: string,
  fresh: string,
  changes: ReturnType<typeof changesIn>,
): Promise<void> {
  const moments = changes.filter((_, at) => at % 23 === 5).map(({ clusterTime }) => clusterTime);
  const history = `SELECT _key, _sequence, _data, _valid_from, _valid_to FROM shop.${coll}_history${fresh}`;
  const [latest = [], versions = [], ...states] = await askSnowflake(steps, [
    `SELECT _key, _sequence, _data, _clusterTime FROM shop.${coll}_latest${fresh}`,
    history,
    ...moments.map((moment) => {
      const at = `CAST('${moment.slice(0, -1)}' AS TIMESTAMP_NTZ)`;
      return `${history} WHERE _valid_from <= ${at} AND (_valid_to IS NULL OR ${at} < _valid_to)`;
    }),
  ]);

  assert.deepEqual(sorted(latest), sorted(latestOf(changes)));
  assert.deepEqual(sorted(versions), sorted(historyOf(changes)));
  assert.deepEqual(
    versions.toSorted(bySequence).map((row) => [row['_VALID_FROM'], row['_VALID_TO']]),
    historyOf(changes).map(({ _valid_from, _valid_to }) => [_valid_from, _valid_to]),
  );
  for (const [at, moment] of moments.entries())
    assert.deepEqual(sorted(states[at] ?? []), sorted(stateAt(changes, moment)), moment);
}

/** Compares values: Snowflake writes JSON with other bytes, and names in upper case. */
function sorted(rows: readonly object[]): unknown[] {
  return rows
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toUpperCase(), value])))
    .toSorted(bySequence)
    .map(({ _KEY, _SEQUENCE, _DATA }) => [_SEQUENCE, JSON.parse(String(_KEY)), JSON.parse(String(_DATA))]);
}

function bySequence(one: Row, other: Row): number {
  return compare(String(one['_SEQUENCE']), String(other['_SEQUENCE']));
}

const columns: readonly Column[] = [
  { path: ['flag'], name: 'flag', type: { kind: 'boolean' } },
  { path: ['whole'], name: 'whole', type: { kind: 'int64' } },
  { path: ['rate'], name: 'rate', type: { kind: 'double' } },
  { path: ['count'], name: 'count', type: { kind: 'double' } },
  { path: ['price'], name: 'price', type: { kind: 'decimal', precision: 38, scale: 2 } },
  { path: ['when'], name: 'when', type: { kind: 'timestamp' } },
  { path: ['day'], name: 'day', type: { kind: 'date' } },
  { path: ['photo'], name: 'photo', type: { kind: 'binary' } },
  { path: ['address', 'city'], name: 'city', type: { kind: 'string' } },
  { path: ['tags'], name: 'tags', type: { kind: 'json' } },
];

/** The same document in each format. */
function everyType(): Readonly<Record<string, string>> {
  const common = { flag: true, address: { city: 'Łódź' } };
  return {
    relaxed: `{"flag":true,"address":{"city":"Łódź"},"whole":9007199254740993,"rate":1.5,"count":7,"price":{"$numberDecimal":"19.90"},"when":{"$date":"2026-11-20T10:15:30.250Z"},"day":{"$date":"2026-11-20T00:00:00Z"},"photo":{"$binary":{"base64":"SGVhdA==","subType":"00"}},"tags":["a"]}`,
    canonical: JSON.stringify({
      ...common,
      whole: { $numberLong: '9007199254740993' },
      rate: { $numberDouble: '1.5' },
      count: { $numberInt: '7' },
      price: { $numberDecimal: '19.90' },
      when: { $date: { $numberLong: '1795169730250' } },
      day: { $date: { $numberLong: '1795132800000' } },
      photo: { $binary: { base64: 'SGVhdA==', subType: '00' } },
      tags: ['a'],
    }),
    simple: `{"flag":true,"address":{"city":"Łódź"},"whole":9007199254740993,"rate":1.5,"count":7,"price":"19.90","when":"2026-11-20T10:15:30.250Z","day":"2026-11-20T00:00:00.000Z","photo":"SGVhdA==","tags":["a"]}`,
  };
}

const expected = {
  FLAG: true,
  WHOLE: '9007199254740993',
  RATE: 1.5,
  COUNT: 7,
  PRICE: '19.90',
  WHEN: '2026-11-20T10:15:30.250Z',
  DAY: '2026-11-20',
  PHOTO: 'SGVhdA==',
  CITY: 'Łódź',
  TAGS: '["a"]',
};

/** A document whose values all have another type than their columns. */
const misfits = JSON.stringify({
  flag: 'does not fit',
  whole: 1.5,
  rate: 'x',
  price: { $numberDecimal: '19.905' },
  when: 5,
  day: { $date: '2026-11-20T00:00:00.001Z' },
  photo: 5,
  address: 'x',
  tags: null,
}).replace('{', '{"count":9007199254740993,');
