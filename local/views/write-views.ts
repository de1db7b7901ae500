// The text of an engine's views: a header for the person who reads it first, then the statements.
import { distinctColumns, type NameRules } from './column-names.ts';
import { nameOfType } from './column-type.ts';
import { duckdbNames } from './duckdb/duckdb-dialect.ts';
import { duckdbViews } from './duckdb/duckdb-views.ts';
import type { CollectionViews, Engine, EngineName } from './engine.ts';
import { redshiftNames } from './redshift/redshift-dialect.ts';
import { redshiftViews } from './redshift/redshift-views.ts';
import { snowflakeNames } from './snowflake/snowflake-dialect.ts';
import { snowflakeViews } from './snowflake/snowflake-views.ts';
import { sparkNames } from './spark/spark-dialect.ts';
import { sparkViews } from './spark/spark-views.ts';
import { dedicatedViews } from './tsql/dedicated-tables.ts';
import { fabricViews } from './tsql/fabric-views.ts';
import { synapseViews } from './tsql/synapse-views.ts';
import { tsqlNames } from './tsql/tsql-dialect.ts';

const engineOf: Readonly<
  Record<EngineName, { readonly title: string; readonly names: NameRules; readonly engine: Engine }>
> = {
  duckdb: { title: 'DuckDB', names: duckdbNames, engine: duckdbViews },
  synapse: { title: 'Synapse serverless SQL', names: tsqlNames, engine: synapseViews },
  'synapse-dedicated': { title: 'a dedicated SQL pool of Synapse', names: tsqlNames, engine: dedicatedViews },
  fabric: { title: 'Fabric, in a warehouse or a SQL endpoint', names: tsqlNames, engine: fabricViews },
  spark: { title: 'Spark', names: sparkNames, engine: sparkViews },
  snowflake: { title: 'Snowflake', names: snowflakeNames, engine: snowflakeViews },
  redshift: { title: 'Redshift', names: redshiftNames, engine: redshiftViews },
};

/** `origin` says where the columns come from, such as "from 120 documents". */
export function viewsText(name: EngineName, given: CollectionViews, origin: string): string {
  const { title, names, engine } = engineOf[name];
  const views = { ...given, columns: distinctColumns(given.columns, names) };
  const header = [
    `${views.database}.${views.collection} for ${title}: its changes, its latest state and its history.`,
    `Columns ${origin}. Values that do not fit their column are null there; _data has the whole document.`,
    views.hasTable
      ? 'Read from the Delta table of the collection.'
      : 'Read from the files of events: there is no table yet.',
    ...placeholderNotes(name, views),
    ...renamed(given, views),
    'To run it:',
    ...engine.howToRun(views).map((line) => `  ${line}`),
  ];
  const statements = engine
    .statements(views)
    .map(({ comment, sql }) => `-- ${oneLine(comment)}\n${sql}${engine.separator}`);
  return [header.map((line) => `-- ${oneLine(line)}`).join('\n'), ...statements].join('\n\n');
}

function placeholderNotes(name: EngineName, { lake }: CollectionViews): string[] {
  if (name === 'redshift') return ['Put the name of your bucket in the place of <bucket>.'];
  return lake.isPlaceholder && name !== 'duckdb'
    ? [
        'The lake is a folder of this machine: put your account and container in the place of <account> and <container>.',
      ]
    : [];
}

function renamed(given: CollectionViews, { columns }: CollectionViews): string[] {
  const changed = columns.flatMap(({ path, name, type }, index) =>
    given.columns[index]?.name === name
      ? []
      : [`  ${JSON.stringify(path.join('.'))} is ${JSON.stringify(name)} (${nameOfType(type)})`],
  );
  return changed.length === 0 ? [] : ['Fields with another name here:', ...changed];
}

/** A name with a line break would end the comment. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
