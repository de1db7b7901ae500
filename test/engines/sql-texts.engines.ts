// Some engines do not run here. A parser of each dialect reads their SQL, and finds the wanted kind for every
// statement. The parser does not know T-SQL's COPY INTO. The procedure of a dedicated pool has it in a string, which is
// not parsed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { parseSql } from './support/dialects.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';
import { type ViewsEngine, viewsOf } from './support/views-text.ts';

type Dialect = Parameters<typeof parseSql>[0];

const places = temporaryPlaces();
const columnsFile = places.beside('columns.json');
const times = (count: number, ...kinds: string[]): string[] => Array.from({ length: count }, () => kinds).flat();
const views = (count: number): string[] => times(count, 'create_view_statement');

const generated: readonly (readonly [ViewsEngine, Dialect, readonly string[]])[] = [
  ['synapse', 'tsql', ['if_then_statement', 'execute_script_statement', ...views(6)]],
  [
    'synapse-dedicated',
    'tsql',
    [
      'if_then_statement',
      'execute_script_statement',
      ...times(4, 'create_table_statement'),
      'create_procedure_statement',
      'begin_end_block',
      ...times(6, 'if_then_statement', 'drop_table_statement'),
      ...times(4, 'declare_segment', 'set_local_variable_segment'),
      'truncate_table',
      'declare_segment',
      ...times(2, 'set_local_variable_segment'),
      'execute_script_statement',
      ...times(6, 'create_table_as_select_statement'),
      'transaction_statement',
      'insert_statement',
      'merge_statement',
      'delete_statement',
      'insert_statement',
      'transaction_statement',
    ],
  ],
  ['fabric', 'tsql', ['create_schema_statement', ...views(6)]],
  [
    'snowflake',
    'snowflake',
    ['create_schema_statement', 'create_stage_statement', 'create_table_statement', ...views(6)],
  ],
  [
    'redshift',
    'redshift',
    ['set_statement', 'create_schema_statement', 'create_external_table_statement', ...views(3)],
  ],
];

/** The parser has one name for volumes, integrations, pipes and file formats: `create_statement`. */
const ofInfra: readonly (readonly [string, Dialect, readonly string[]])[] = [
  [
    'synapse/serverless.sql',
    'tsql',
    [
      'create_database_statement',
      'use_statement',
      'create_master_key_statement',
      'create_database_scoped_credential_statement',
      'create_external_data_source_statement',
      'create_external_data_source_statement',
    ],
  ],
  [
    'snowflake/delta-direct.sql',
    'snowflake',
    [
      'create_external_volume_statement',
      'describe_statement',
      'create_statement',
      'create_statement',
      'describe_statement',
    ],
  ],
  [
    'snowflake/event-files.sql',
    'snowflake',
    [
      'create_database_statement',
      'create_schema_statement',
      'create_statement',
      'describe_statement',
      'create_statement',
      'describe_statement',
      'create_file_format_segment',
      'create_stage_statement',
      'create_table_statement',
      'create_statement',
      'alter_pipe_segment',
      'create_stream_statement',
      'create_table_statement',
      'create_task_statement',
      'merge_statement',
      'alter_task_statement',
      'create_view_statement',
    ],
  ],
  ['redshift/spectrum.sql', 'redshift', ['create_external_schema_statement']],
];

describe('the SQL of engines that do not run here', () => {
  before(async () => {
    const [wave = []] = tellStory(8).waves;
    await tell(wave, places);
    await compactTables(places);
    await writeFile(columnsFile, JSON.stringify({ collection: 'shop.orders', columns: oneOfEachType }));
  });

  for (const [engine, dialect, kinds] of generated)
    it(`is SQL of the dialect: the views for ${engine}`, async () => {
      const text = await viewsOf(engine, 'orders', places.lake, places.tables, '--columns', columnsFile);

      assert.deepEqual(await parseSql(dialect, text), { problems: [], kinds });
    });

  for (const [file, dialect, kinds] of ofInfra)
    it(`is SQL of the dialect: infra/${file}`, async () => {
      const text = readFileSync(join(root, 'infra', file), 'utf8');

      assert.deepEqual(await parseSql(dialect, text), { problems: [], kinds });
    });

  it('is not taken for SQL where a word is wrong', async () => {
    const text = await viewsOf('redshift', 'carts', places.lake, places.tables);
    const wrong = await parseSql('redshift', text.replace('OVER (PARTITION BY', 'OVER (PARTITION'));
    const call = await parseSql('tsql', 'SELEC x FRM y');

    assert.notDeepEqual(wrong.problems, []);
    assert.notDeepEqual(call.kinds, ['select_statement']);
  });
});

const oneOfEachType = [
  'boolean',
  'int64',
  'double',
  'decimal(38,2)',
  'timestamp',
  'date',
  'string',
  'binary',
  'json',
].map((type, at) => ({ field: at % 2 === 0 ? [type] : ['in "an" object\'s', type], name: type, type }));
