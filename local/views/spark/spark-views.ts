// The views for Spark: the Delta table by its path, the files as lines of text.
import type { CollectionViews, Engine } from '../engine.ts';
import { lineMembers, threeViews } from '../three-views.ts';
import { changeColumns } from '../view-queries.ts';
import { sparkDialect, sparkText } from './spark-dialect.ts';
import { sparkQuoted } from './spark-schema.ts';
import { sparkTimestamp } from './spark-time.ts';

export const sparkViews: Engine = {
  separator: ';',
  howToRun: () => ['In a notebook: one cell with %%sql for each statement; or spark-sql -f views.sql'],
  statements: (views) => {
    const schema = sparkQuoted(plainName(views.database));
    return [
      { comment: 'The database is a schema.', sql: `CREATE SCHEMA IF NOT EXISTS ${schema}` },
      ...threeViews(views, {
        dialect: sparkDialect,
        viewName: (kind) => `${schema}.${sparkQuoted(plainName(`${views.collection}_${kind}`))}`,
        create: (name, query) => `CREATE OR REPLACE VIEW ${name} AS\n${query}`,
        changes: { fromTable: fromTable(views), fromFiles: fromFiles(views), fresh: fresh(views) },
      }),
    ];
  },
};

/** Spark's catalogs take letters, digits and `_` alone. */
function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_');
}

function fromTable({ tables, folder }: CollectionViews): string {
  return `SELECT ${changeColumns.join(', ')}\nFROM delta.${sparkQuoted(tables?.abfss(folder) ?? '')}`;
}

const member = (name: string): string => `get_json_object(line, "$['${name}']")`;

/** `year` to `hour` are the folders: Spark opens none but those that a condition on them leaves. */
function fromFiles({ lake, folder, isFlat, database, collection }: CollectionViews, condition = ''): string {
  const wallTime = `coalesce(get_json_object(line, "$['wallTime']['$date']"), ${member('wallTime')})`;
  const namespace = `db = ${sparkText(database)} AND coll = ${sparkText(collection)}`;
  return `SELECT ${changeColumns.join(', ')}
FROM (
  SELECT ${member('operationType')} AS operationType, ${member('sequence')} AS sequence,
    get_json_object(line, "$['ns']['db']") AS db, get_json_object(line, "$['ns']['coll']") AS coll,
    ${member('documentKey')} AS documentKey, ${member('data')} AS data, ${member('updateDescription')} AS updateDescription,
    ${restOf()} AS rest,
    CAST(${member('clusterTime')} AS TIMESTAMP) AS clusterTime,
    ${sparkTimestamp(wallTime)} AS wallTime,
    CAST(left(${member('clusterTime')}, 10) AS DATE) AS date,
    row_number() OVER (PARTITION BY ${member('sequence')} ORDER BY file) AS copy
  FROM (
    SELECT value AS line, _metadata.file_name AS file
    FROM text.${sparkQuoted(lake.abfss(isFlat ? '' : folder))}${condition === '' ? '' : `\n    WHERE ${condition}`}
  )
)
WHERE copy = 1${isFlat ? ` AND ${namespace}` : ''}`;
}

/**
 * An object of the other members of the line, in their order. Texts lose their quotes on the way, and get them back.
 */
function restOf(): string {
  const others = lineMembers.map((name) => `'${name}'`).join(', ');
  const quotedKey = `substring(to_json(array(member.key)), 2, length(to_json(array(member.key))) - 2)`;
  const quotedText = `substring(to_json(array(member.value)), 2, length(to_json(array(member.value))) - 2)`;
  return `nullif(concat('{', array_join(transform(
      filter(map_entries(from_json(line, 'MAP<STRING, STRING>')), member -> NOT member.key IN (${others})),
      member -> concat(${quotedKey}, ':', CASE
        WHEN member.value IS NULL THEN 'null'
        WHEN instr(line, concat(${quotedKey}, ':"')) > 0 THEN ${quotedText}
        ELSE member.value END)), ','), '}'), '{}')`;
}

function fresh(views: CollectionViews): string {
  const since =
    "make_timestamp(year, month, day, hour, 0, 0, 'UTC') >= date_trunc('HOUR', current_timestamp() - INTERVAL 2 HOURS)";
  return `WITH in_table AS (
${fromTable(views)}
), in_files AS (
${fromFiles(views, since)}
)
SELECT ${changeColumns.join(', ')} FROM in_table
UNION ALL
SELECT ${changeColumns.join(', ')} FROM in_files LEFT ANTI JOIN in_table USING (sequence)`;
}
