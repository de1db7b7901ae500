// The T-SQL and the Redshift that cannot run here, in DuckDB: its words are translated, its steps are not. Keys stay
// texts, and no field has a column, because those expressions are a dialect's own.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Dialect } from '../../../local/views/dialect.ts';
import type { CollectionViews } from '../../../local/views/engine.ts';
import { redshiftDialect } from '../../../local/views/redshift/redshift-dialect.ts';
import { loadProcedure } from '../../../local/views/tsql/dedicated-load.ts';
import { tsqlDialect } from '../../../local/views/tsql/tsql-dialect.ts';
import { viewPlace } from '../../../local/views/view-places.ts';
import { changeColumns } from '../../../local/views/view-queries.ts';
import { viewsText } from '../../../local/views/write-views.ts';
import { eventSeconds } from '../../support/change-events.ts';
import { type Told, toldEvent } from '../../support/lake-story.ts';
import { seed } from '../../support/seeded.ts';
import { randomFrom } from '../../support/seeded-random.ts';
import { modelVersions, randomStory } from '../../support/version-model.ts';

const views: CollectionViews = {
  database: 'shop',
  collection: 'orders',
  folder: 'shop/orders',
  lake: viewPlace({ kind: 'folder', folder: '/lake' }, '<directory>'),
  tables: viewPlace({ kind: 'folder', folder: '/tables' }, '<directory>-tables'),
  hasTable: true,
  isFlat: false,
  columns: [],
};
const story = randomStory(seed, 'shop', 'orders', 60);
const random = randomFrom(seed);

describe('SQL for engines that do not run here, in DuckDB', () => {
  let connection: DuckDBConnection;
  before(async () => {
    connection = await (await DuckDBInstance.create()).connect();
    await connection.run("SET TimeZone = 'UTC'; CREATE SCHEMA shop");
    for (const kind of ['changes', 'staging'])
      await connection.run(`CREATE TABLE shop.orders_${kind} (${changeTypes})`);
    const own = '_key VARCHAR, _sequence VARCHAR, _clusterTime TIMESTAMP, _data VARCHAR';
    await connection.run(`CREATE TABLE shop.orders_latest (${own});
      CREATE TABLE shop.orders_history (${own}, _valid_from TIMESTAMP, _valid_to TIMESTAMP, _is_current BOOLEAN)`);
  });

  it('the procedure of a dedicated pool keeps the state of a model, with repeats and late events', async () => {
    const seen = new Set<number>();
    for (let wave = 0; wave < 12; wave++) {
      const chosen = story.flatMap((_, at) => (at < wave * 6 && random.below(3) > 0 ? [at] : []));
      const last = wave === 11 ? [...story.keys()] : chosen;
      for (const at of last) seen.add(at);
      await connection.run(`DELETE FROM shop.orders_staging`);
      await insert('staging', [...last, ...last.slice(0, 5)]);
      await connection.run(translated(stepsOf(loadProcedure(views)), tsqlDialect));

      await assertState(
        story.filter((_, at) => seen.has(at)),
        'shop.orders_latest',
        'shop.orders_history',
        `${wave}`,
      );
    }
  });

  for (const [engine, dialect] of [
    ['synapse', tsqlDialect],
    ['fabric', tsqlDialect],
    ['redshift', redshiftDialect],
  ] as const)
    it(`the views have the state of a model: ${engine}`, async () => {
      await connection.run('DELETE FROM shop.orders_changes');
      await insert('changes', [...story.keys()].reverse());
      const text = viewsText(engine, views, 'from a test');
      for (const kind of ['latest', 'history'])
        await connection.run(`CREATE OR REPLACE VIEW ${kind}_view AS ${translated(queryOf(text, kind), dialect)}`);

      await assertState(story, 'latest_view', 'history_view', engine);
    });

  async function insert(kind: string, events: readonly number[]): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map((at) => rowOf(story[at])).join(',\n');
    await connection.run(`INSERT INTO shop.orders_${kind} (${changeColumns.join(', ')}) VALUES ${rows}`);
  }

  async function assertState(told: readonly Told[], latest: string, history: string, what: string): Promise<void> {
    const versions = modelVersions(told);
    const current = versions.flatMap(({ key, value, to }) => (to === null ? [`{"_id":${key}} ${value}`] : []));
    const all = versions.map(({ key, value, from, to }) => `{"_id":${key}} ${value} ${from} ${to} ${to === null}`);
    const value = "_key || ' ' || coalesce(_data ->> '$.value', 'null')";
    const second = (name: string): string => `coalesce((epoch(${name})::BIGINT - ${eventSeconds})::VARCHAR, 'null')`;
    const times = `' ' || ${second('_valid_from')} || ' ' || ${second('_valid_to')} || ' ' || _is_current::VARCHAR`;

    assert.deepEqual(await texts(`SELECT ${value} FROM ${latest}`), current.sort(), `latest: ${what}`);
    assert.deepEqual(await texts(`SELECT ${value} || ${times} FROM ${history}`), all.sort(), `history: ${what}`);
  }

  async function texts(sql: string): Promise<string[]> {
    const rows = await connection.runAndReadAll(sql);
    return rows
      .getRows()
      .map(([text]) => String(text))
      .sort();
  }
});

const changeTypes = changeColumns
  .map((name) => `${name} ${name === 'date' ? 'DATE' : name.endsWith('Time') ? 'TIMESTAMP' : 'VARCHAR'}`)
  .join(', ');

function rowOf(told: Told | undefined): string {
  if (told === undefined) throw new Error('The story has no such event');
  const event = toldEvent(told);
  const text = (value: unknown): string =>
    value === undefined || value === null ? 'NULL' : `'${JSON.stringify(value)}'`;
  const document = told.fields === null || told.fields === undefined ? undefined : { _id: told.id, ...told.fields };
  const key = told.id === undefined ? undefined : { _id: told.id };
  const time = `make_timestamp(${eventSeconds + told.second}::BIGINT * 1000000)`;
  const sequence = Object(event['_id'])._data;
  return `('${told.operationType}', '${sequence}', 'shop', 'orders', ${text(key)}, ${text(document)}, NULL, NULL, ${time}, NULL, CAST(${time} AS DATE))`;
}

/** From the end of COPY INTO to the end of the procedure. */
function stepsOf(procedure: string): string {
  const begin = 'EXEC sp_executesql @copy;';
  return procedure.slice(procedure.indexOf(begin) + begin.length, procedure.lastIndexOf('END'));
}

function queryOf(text: string, kind: string): string {
  const [, query = ''] =
    new RegExp(`VIEW "shop"\\."orders_${kind}" AS\\n([\\s\\S]*?)(?:;\\nGO|\\nWITH NO SCHEMA BINDING)`).exec(text) ?? [];
  return query;
}

function translated(sql: string, { key }: Dialect): string {
  const plain = (text: string): string => text.replaceAll(/\n\s+/g, '\n');
  return plain(sql)
    .replaceAll(plain(key('documentKey')), 'documentKey')
    .replaceAll(/CREATE TABLE #(\w+) WITH \(.*\) AS$/gm, 'CREATE OR REPLACE TEMP TABLE own_$1 AS')
    .replaceAll(/#(\w+)/g, 'own_$1')
    .replaceAll('VARCHAR(MAX)', 'VARCHAR')
    .replaceAll('DATETIME2(3)', 'TIMESTAMP')
    .replaceAll('AS BIT)', 'AS BOOLEAN)')
    .replaceAll(/target\.(\w+) = source/g, (found, name) => (found.includes('_key') ? found : `${name} = source`));
}
