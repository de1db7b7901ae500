// Some engines cannot run here. Their SQL has the structure of the SQL that runs in DuckDB, Spark and an emulator of
// Snowflake.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Column } from '../../../local/views/column-type.ts';
import type { Dialect } from '../../../local/views/dialect.ts';
import { duckdbDialect } from '../../../local/views/duckdb/duckdb-dialect.ts';
import { type EngineName, engines } from '../../../local/views/engine.ts';
import { redshiftDialect } from '../../../local/views/redshift/redshift-dialect.ts';
import { snowflakeDialect } from '../../../local/views/snowflake/snowflake-dialect.ts';
import { sparkDialect } from '../../../local/views/spark/spark-dialect.ts';
import { tsqlDialect } from '../../../local/views/tsql/tsql-dialect.ts';
import { viewPlace } from '../../../local/views/view-places.ts';
import { changeColumns } from '../../../local/views/view-queries.ts';
import { viewsText } from '../../../local/views/write-views.ts';

const dialects: Readonly<Record<EngineName, Dialect>> = {
  duckdb: duckdbDialect('"shop"'),
  synapse: tsqlDialect,
  'synapse-dedicated': tsqlDialect,
  fabric: tsqlDialect,
  spark: sparkDialect,
  snowflake: snowflakeDialect,
  redshift: redshiftDialect,
};
/** A pool and Redshift cannot read the files of events, so they have no `_fresh`. */
const withoutFiles: readonly EngineName[] = ['synapse-dedicated', 'redshift'];
const columns: readonly Column[] = [
  { path: ['total'], name: 'total', type: { kind: 'decimal', precision: 38, scale: 2 } },
  { path: ['address', 'city'], name: 'city', type: { kind: 'string' } },
  { path: ['placed'], name: 'placed', type: { kind: 'date' } },
];

describe('the views of every engine', () => {
  for (const engine of engines) {
    it(`have one latest and one history query, with the same steps: ${engine}`, () => {
      const [latest, history] = [stepsOf(engine, 'last_end'), stepsOf(engine, 'eras')];
      const count = withoutFiles.includes(engine) ? 1 : 2;

      assert.deepEqual(latest, Array(count).fill(stepsOf('duckdb', 'last_end')[0]));
      assert.deepEqual(history, Array(count).fill(stepsOf('duckdb', 'eras')[0]));
    });

    it(`have the columns of the contract, then the fields: ${engine}`, () => {
      const [latest = ''] = queriesOf(textOf(engine), 'last_end');
      const [history = ''] = queriesOf(textOf(engine), 'eras');
      const own = ['_key', '_sequence', '_clustertime', '_data'];
      const fields = columns.map(({ name }) => name);

      assert.deepEqual(namesOf(latest), [...own, ...fields]);
      assert.deepEqual(namesOf(history), [...own, '_valid_from', '_valid_to', '_is_current', ...fields]);
      for (const name of changeColumns) assert.match(textOf(engine), new RegExp(`\\b${name}\\b`));
    });

    if (!withoutFiles.includes(engine))
      it(`count an event of files once, of a repeat the file whose name sorts first: ${engine}`, () => {
        const counted = textOf(engine, false).match(
          /row_number\(\) OVER \(PARTITION BY [^\n]*sequence[^\n]* ORDER BY [^\n]*file[^\n]*\)/gi,
        );

        assert.equal(counted?.length, 1);
      });
  }
});

function textOf(engine: EngineName, hasTable = true): string {
  const lake = viewPlace({ kind: 'folder', folder: '/lake' }, '<directory>');
  const tables = viewPlace({ kind: 'folder', folder: '/tables' }, '<directory>-tables');
  const place = { database: 'shop', collection: 'orders', folder: 'shop/orders', lake, tables };
  return viewsText(engine, { ...place, hasTable, isFlat: false, columns }, 'from a test');
}

/** From its first step to the condition at its end. */
function queriesOf(text: string, first: 'last_end' | 'eras'): string[] {
  return [...text.matchAll(new RegExp(`WITH ${first} AS \\([\\s\\S]*?operationType <> 'delete'`, 'g'))].map(
    ([query]) => query,
  );
}

/** Without what a dialect says in its own words. */
function stepsOf(engine: EngineName, first: 'last_end' | 'eras'): string[] {
  const { key, textType, timestampType } = dialects[engine];
  const plain = (sql: string): string => sql.replace(/\s+/g, ' ');
  return queriesOf(textOf(engine), first).map((query) => {
    const [steps = ''] = plain(query).split(' SELECT document_key AS');
    const condition = plain(query).slice(plain(query).lastIndexOf(' WHERE '));
    return `${steps}${condition}`
      .replaceAll(plain(key('documentKey')), '<key>')
      .replaceAll(`NULL AS ${textType})`, 'NULL AS <text>)')
      .replaceAll(`NULL AS ${timestampType})`, 'NULL AS <timestamp>)')
      .replaceAll(/FROM (?:["`]?\w+["`]?\.["`]?\w+["`]?|#relevant)/g, 'FROM <changes>');
  });
}

/** The names of a query's last SELECT: a name of an expression ends its line. */
function namesOf(query: string): string[] {
  const select = query.slice(query.search(/\n\s*SELECT document_key AS/));
  const [list = ''] = select.split(/\n\s*FROM (?:ranked|placed|\()/);
  return [...list.matchAll(/ AS ["`]?(\w+)["`]?(?:,?)$/gm)].map(([, name = '']) => name.toLowerCase());
}
