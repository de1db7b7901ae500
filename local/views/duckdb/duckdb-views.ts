// The views for DuckDB: the table by its Delta extension, the files as lines of JSON.
import type { CollectionViews, Engine } from '../engine.ts';
import { lineMembers, threeViews } from '../three-views.ts';
import { changeColumns } from '../view-queries.ts';
import { duckdbDialect, duckdbQuoted, duckdbText } from './duckdb-dialect.ts';
import { duckdbMacros } from './duckdb-macros.ts';

export const duckdbViews: Engine = {
  separator: ';',
  howToRun: (views) => [
    `duckdb lake.duckdb < views.sql        (${views.hasTable ? 'it fetches its delta extension by itself' : 'no extension is needed'})`,
  ],
  statements: (views) => {
    const schema = duckdbQuoted(views.database);
    const files = fromFiles(views);
    return [
      { comment: 'The database is a schema.', sql: `CREATE SCHEMA IF NOT EXISTS ${schema}` },
      { comment: 'What the columns are made of.', sql: duckdbMacros(schema).replace(/;$/, '') },
      ...threeViews(views, {
        dialect: duckdbDialect(schema),
        viewName: (kind) => `${schema}.${duckdbQuoted(`${views.collection}_${kind}`)}`,
        create: (name, query) => `CREATE OR REPLACE VIEW ${name} AS\n${query}`,
        changes: { fromTable: fromTable(views), fromFiles: files, fresh: fresh(views) },
      }),
    ];
  },
};

const columnList = changeColumns.map((column) => `"${column}"`).join(', ');

function fromTable({ tables, folder }: CollectionViews): string {
  const columns = changeColumns.map((name) =>
    name.endsWith('Time') ? `make_timestamp(epoch_us("${name}")) AS "${name}"` : `"${name}"`,
  );
  return `SELECT ${columns.join(', ')}\nFROM delta_scan(${duckdbText(tables?.local(folder) ?? '')})`;
}

function fromFiles({ lake, folder, isFlat, database, collection }: CollectionViews, condition = ''): string {
  const files = isFlat ? '*.json*' : `${folder}/year=*/month=*/day=*/hour=*/*.json*`;
  const schema = duckdbQuoted(database);
  const others = lineMembers.map((name) => `'${name}'`).join(', ');
  const namespace = `line ->> '/ns/db' = ${duckdbText(database)} AND line ->> '/ns/coll' = ${duckdbText(collection)}`;
  const conditions = [isFlat ? namespace : '', condition].filter((one) => one !== '');
  return `SELECT line ->> '$.operationType' AS "operationType", line ->> '$.sequence' AS "sequence",
  line ->> '$.ns.db' AS "db", line ->> '$.ns.coll' AS "coll", line ->> '$.documentKey' AS "documentKey",
  CASE WHEN json_type(line -> '$.data') <> 'NULL' THEN line ->> '$.data' END AS "data",
  line ->> '$.updateDescription' AS "updateDescription",
  (SELECT nullif(CAST(json_group_object(key, value) AS VARCHAR), '{}') FROM json_each(line) WHERE key NOT IN (${others})) AS "rest",
  CAST(line ->> '$.clusterTime' AS TIMESTAMP) AS "clusterTime", ${schema}.lake_timestamp(line -> '$.wallTime') AS "wallTime",
  CAST(line ->> '$.clusterTime' AS DATE) AS "date"
FROM (
  SELECT json AS line, filename
  FROM read_json_objects(${duckdbText(lake.local(files))}, format = 'newline_delimited', filename = true, maximum_object_size = 67108864)
)${conditions.length === 0 ? '' : `\nWHERE ${conditions.join('\n  AND ')}`}
QUALIFY row_number() OVER (PARTITION BY line ->> '$.sequence' ORDER BY parse_filename(filename), filename) = 1`;
}

function fresh(views: CollectionViews): string {
  const since =
    "CAST(line ->> '$.clusterTime' AS TIMESTAMP) >= CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP) - INTERVAL 2 HOUR";
  return `WITH in_table AS (
${fromTable(views)}
), in_files AS (
${fromFiles(views, since)}
)
SELECT ${columnList} FROM in_table
UNION ALL
SELECT ${columnList} FROM in_files ANTI JOIN in_table USING (sequence)`;
}
