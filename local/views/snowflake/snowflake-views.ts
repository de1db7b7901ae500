// The views for Snowflake: the Delta table as an Iceberg table that Snowflake only reads, the files from an external
// stage.
import type { CollectionViews, Engine, Statement } from '../engine.ts';
import { lineMembers, threeViews } from '../three-views.ts';
import { changeColumns } from '../view-queries.ts';
import { snowflakeDialect, snowflakeQuoted, snowflakeText, snowflakeTimestamp } from './snowflake-dialect.ts';

export const snowflakeViews: Engine = {
  separator: ';',
  howToRun: (views) => [
    'In a worksheet of a database, or: snow sql -f views.sql --database <database>',
    ...(views.hasTable
      ? ['Once before: infra/snowflake has the external volume and the catalog integration "delta_lake".']
      : []),
    'Once before: infra/snowflake has the storage integration "lake_integration".',
  ],
  statements: (views) => {
    const schema = snowflakeQuoted(views.database);
    const name = (suffix: string): string => `${schema}.${snowflakeQuoted(`${views.collection}_${suffix}`)}`;
    return [
      { comment: 'The database is a schema.', sql: `CREATE SCHEMA IF NOT EXISTS ${schema}` },
      ...sources(views, schema, name('table')),
      ...threeViews(views, {
        dialect: snowflakeDialect,
        viewName: name,
        create: (view, query) => `CREATE OR REPLACE VIEW ${view} AS\n${query}`,
        changes: {
          fromTable: fromTable(name('table')),
          fromFiles: fromFiles(views, schema),
          fresh: fresh(views, schema, name('table')),
        },
      }),
    ];
  },
};

function sources({ hasTable, lake, folder, isFlat }: CollectionViews, schema: string, table: string): Statement[] {
  const stage = {
    comment: 'The files of events.',
    sql: `CREATE STAGE IF NOT EXISTS ${schema}."LAKE" URL = ${snowflakeText(lake.azure(isFlat ? '' : (folder.split('/')[0] ?? '')))}
  STORAGE_INTEGRATION = lake_integration FILE_FORMAT = (TYPE = JSON)`,
  };
  const iceberg = {
    comment: 'The Delta table.',
    sql: `CREATE ICEBERG TABLE IF NOT EXISTS ${table}
  CATALOG = 'delta_lake' EXTERNAL_VOLUME = 'lake_tables' BASE_LOCATION = ${snowflakeText(folder)} AUTO_REFRESH = TRUE`,
  };
  return hasTable ? [stage, iceberg] : [stage];
}

/** The columns of the table have the names that Parquet gives them. */
function fromTable(table: string): string {
  const columns = changeColumns.map((name) =>
    name.endsWith('Time') ? `CAST("${name}" AS TIMESTAMP_NTZ) AS ${name}` : `"${name}" AS ${name}`,
  );
  return `SELECT ${columns.join(', ')}\nFROM ${table}`;
}

function fromFiles({ folder, isFlat, database, collection }: CollectionViews, schema: string, condition = ''): string {
  const text = (name: string): string => `line:"${name}"::VARCHAR`;
  const json = (name: string): string => `nullif(to_json(line:"${name}"), 'null')`;
  const others = lineMembers.map((name) => `'${name}'`).join(', ');
  const collectionFolder = isFlat ? '' : `/${folder.split('/')[1]}`;
  const namespace = `line:"ns"."db"::VARCHAR = ${snowflakeText(database)} AND line:"ns"."coll"::VARCHAR = ${snowflakeText(collection)}`;
  const conditions = [isFlat ? namespace : '', condition].filter((one) => one !== '');
  return `SELECT ${text('operationType')} AS operationType, ${text('sequence')} AS sequence,
  line:"ns"."db"::VARCHAR AS db, line:"ns"."coll"::VARCHAR AS coll,
  ${json('documentKey')} AS documentKey, ${json('data')} AS data, ${json('updateDescription')} AS updateDescription,
  nullif(to_json(object_delete(line, ${others})), '{}') AS rest,
  CAST(replace(${text('clusterTime')}, 'Z', '') AS TIMESTAMP_NTZ) AS clusterTime,
  ${snowflakeTimestamp('line:"wallTime"')} AS wallTime,
  CAST(left(${text('clusterTime')}, 10) AS DATE) AS date
FROM (SELECT $1 AS line, metadata$filename AS file FROM @${schema}."LAKE"${collectionFolder})${conditions.length === 0 ? '' : `\nWHERE ${conditions.join('\n  AND ')}`}
QUALIFY row_number() OVER (PARTITION BY ${text('sequence')} ORDER BY split_part(file, '/', -1), file) = 1`;
}

function fresh(views: CollectionViews, schema: string, table: string): string {
  const since = `CAST(replace(line:"clusterTime"::VARCHAR, 'Z', '') AS TIMESTAMP_NTZ) >= dateadd(hour, -2, sysdate())`;
  return `WITH in_table AS (
${fromTable(table)}
), in_files AS (
${fromFiles(views, schema, since)}
)
SELECT ${changeColumns.join(', ')} FROM in_table
UNION ALL
SELECT ${changeColumns.join(', ')} FROM in_files
WHERE sequence NOT IN (SELECT sequence FROM in_table WHERE sequence IS NOT NULL)`;
}
