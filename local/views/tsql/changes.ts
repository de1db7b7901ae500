// The changes in T-SQL: from the Delta table with explicit types, or from the lines of the files.
import type { CollectionViews } from '../engine.ts';
import { lineMembers } from '../three-views.ts';
import { changeColumns } from '../view-queries.ts';
import { tsqlText } from './tsql-dialect.ts';

export const utf8 = 'COLLATE Latin1_General_100_BIN2_UTF8';

/** Without types, narrow ones would be guessed and long documents cut. */
const tableTypes = changeColumns
  .map((name) => {
    if (name === 'date') return `${name} DATE`;
    if (name.endsWith('Time')) return `${name} DATETIME2(7)`;
    const isLong = !['operationType', 'db', 'coll'].includes(name);
    return `${name} VARCHAR(${isLong ? 'MAX' : '256'}) ${utf8}`;
  })
  .join(', ');

export function changesFromTable(source: string): string {
  const columns = changeColumns.map((name) =>
    name.endsWith('Time') ? `CAST(${name} AS DATETIME2(3)) AS ${name}` : name,
  );
  return `SELECT ${columns.join(', ')}\nFROM ${source}\n  WITH (${tableTypes}) AS changes`;
}

/**
 * `place` says how the folder is opened, behind BULK; a vertical tab is in no line of JSON, so each line is one column.
 */
export function changesFromFiles(
  { folder, isFlat, database, collection }: CollectionViews,
  options: string,
  root: string,
  isFresh = false,
): string {
  const path = isFlat ? '*.json*' : `${folder}/year=*/month=*/day=*/hour=*/*.json*`;
  const others = lineMembers.map((name) => `'${name}'`).join(', ');
  const namespace = `db = ${tsqlText(database)} AND coll = ${tsqlText(collection)}`;
  const hours =
    "CONCAT(files.filepath(1), files.filepath(2), files.filepath(3), files.filepath(4)) >= FORMAT(DATEADD(HOUR, -2, SYSUTCDATETIME()), 'yyyyMMddHH')";
  return `SELECT ${changeColumns.join(', ')}
FROM (
  SELECT line.operationType, line.sequence, line.db, line.coll, line.documentKey, line.data, line.updateDescription,
    (SELECT '{' + STRING_AGG(CAST('"' + STRING_ESCAPE([key], 'json') + '":' + CASE WHEN [type] = 1 THEN '"' + STRING_ESCAPE([value], 'json') + '"' ELSE COALESCE([value], 'null') END AS VARCHAR(MAX)), ',') + '}'
      FROM OPENJSON(files.text) WHERE [key] NOT IN (${others})) AS rest,
    TRY_CONVERT(DATETIME2(3), line.clusterTime, 127) AS clusterTime,
    TRY_CONVERT(DATETIME2(3), COALESCE(line.wallDate, line.wallText), 127) AS wallTime,
    TRY_CAST(LEFT(line.clusterTime, 10) AS DATE) AS date,
    ROW_NUMBER() OVER (PARTITION BY line.sequence ORDER BY files.filename(), files.filepath()) AS copy
  FROM OPENROWSET(BULK '${root}${path}', ${options}${options === '' ? '' : ', '}FORMAT = 'CSV', PARSER_VERSION = '1.0',
      FIELDTERMINATOR = '0x0b', FIELDQUOTE = '0x0b') WITH (text VARCHAR(MAX) ${utf8}) AS files
  CROSS APPLY OPENJSON(files.text) WITH (
    operationType VARCHAR(256) '$.operationType', sequence VARCHAR(MAX) '$.sequence', db VARCHAR(256) '$.ns.db', coll VARCHAR(256) '$.ns.coll',
    documentKey NVARCHAR(MAX) '$.documentKey' AS JSON, data NVARCHAR(MAX) '$.data' AS JSON,
    updateDescription NVARCHAR(MAX) '$.updateDescription' AS JSON, clusterTime VARCHAR(40) '$.clusterTime',
    wallDate VARCHAR(40) '$.wallTime."$date"', wallText VARCHAR(40) '$.wallTime') AS line${isFresh && !isFlat ? `\n  WHERE ${hours}` : ''}
) AS lines
WHERE copy = 1${isFlat ? ` AND ${namespace}` : ''}`;
}

/** The events of the last two hours that the table lacks. Only their folders are read. */
export function freshChanges(views: CollectionViews, table: string, options: string, root: string): string {
  const names = changeColumns.join(', ');
  return `WITH in_table AS (
${table}
), in_files AS (
${changesFromFiles(views, options, root, true)}
)
SELECT ${names} FROM in_table
UNION ALL
SELECT ${names} FROM in_files
WHERE NOT EXISTS (SELECT 1 FROM in_table WHERE in_table.sequence = in_files.sequence)`;
}
