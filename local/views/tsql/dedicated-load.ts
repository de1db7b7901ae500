// The procedure of a dedicated pool. It loads new rows, and applies them to the tables of latest and history.
import type { CollectionViews } from '../engine.ts';
import { changeColumns, endsCollection, historyQuery, latestQuery } from '../view-queries.ts';
import { tsqlDialect, tsqlQuoted } from './tsql-dialect.ts';

export function nameOf({ database, collection }: CollectionViews, kind: string): string {
  return `${tsqlQuoted(database)}.${tsqlQuoted(`${collection}_${kind}`)}`;
}

const ownColumns = ['_key', '_sequence', '_clusterTime', '_data'];
const ofVersions = ['_valid_from', '_valid_to', '_is_current'];
const temporary = ['#new', '#touched', '#relevant', '#latest', '#merged', '#history'];

/**
 * A run makes its changes in one transaction at its end. A killed run leaves nothing, and the next one does everything.
 * The pool cannot read the log of the table, so it finds days by the names of their folders.
 */
export function loadProcedure(views: CollectionViews): string {
  const [changes, staging, latest, history] = ['changes', 'staging', 'latest', 'history'].map((kind) =>
    nameOf(views, kind),
  );
  const names = changeColumns.join(', ');
  const fields = views.columns.map(({ name }) => tsqlQuoted(name));
  const updated = [...ownColumns.slice(1), ...fields].map((name) => `target.${name} = source.${name}`);
  const inserted = [...ownColumns, ...fields];
  const versions = [...ownColumns, ...ofVersions, ...fields].join(', ');
  const key = tsqlDialect.key('documentKey');
  return `CREATE PROCEDURE ${nameOf(views, 'load')} @from DATE = NULL, @lookback_days INT = 2 AS
BEGIN
  ${temporary.map((table) => `IF OBJECT_ID('tempdb..${table}') IS NOT NULL DROP TABLE ${table};`).join('\n  ')}

  DECLARE @newest DATE;
  SET @newest = (SELECT MAX(date) FROM ${changes});
  DECLARE @first VARCHAR(10);
  SET @first = CONVERT(VARCHAR(10), COALESCE(@from, DATEADD(DAY, -@lookback_days, @newest)), 23);
  DECLARE @last VARCHAR(10);
  SET @last = CONVERT(VARCHAR(10), CASE WHEN @newest > SYSUTCDATETIME() THEN @newest ELSE SYSUTCDATETIME() END, 23);
  -- What the names of the days have in common. COPY INTO must find a file, and the newest day has one.
  DECLARE @days VARCHAR(11);
  SET @days = CASE
    WHEN LEFT(@first, 9) = LEFT(@last, 9) THEN LEFT(@first, 9) + '*'
    WHEN LEFT(@first, 7) = LEFT(@last, 7) THEN LEFT(@first, 7) + '-*'
    WHEN LEFT(@first, 4) = LEFT(@last, 4) THEN LEFT(@first, 4) + '-*'
    ELSE '*' END;

  TRUNCATE TABLE ${staging};
  DECLARE @copy NVARCHAR(4000);
  SET @copy = N'${copyInto(views, staging ?? '').replaceAll("'", "''")}';
  SET @copy = REPLACE(@copy, N'date=*', N'date=' + @days);
  EXEC sp_executesql @copy;

  CREATE TABLE #new WITH (HEAP, DISTRIBUTION = HASH(sequence)) AS
  SELECT ${changeColumns.map((name) => (name === 'date' ? 'CAST(clusterTime AS DATE) AS date' : name)).join(', ')}
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sequence ORDER BY sequence) AS copy FROM ${staging}) AS loaded
  WHERE copy = 1 AND NOT EXISTS (SELECT 1 FROM ${changes} AS known WHERE known.sequence = loaded.sequence);

  -- The documents to look at: those that changed, and every one after a drop or a rename.
  CREATE TABLE #touched WITH (HEAP, DISTRIBUTION = HASH(document_key)) AS
  SELECT ${key} AS document_key FROM #new WHERE documentKey IS NOT NULL
  UNION
  SELECT ${key} AS document_key FROM ${changes} WHERE documentKey IS NOT NULL
    AND EXISTS (SELECT 1 FROM #new WHERE ${endsCollection});

  CREATE TABLE #relevant WITH (HEAP, DISTRIBUTION = HASH(sequence)) AS
  SELECT ${names}
  FROM (SELECT ${names} FROM ${changes} UNION ALL SELECT ${names} FROM #new) AS known
  WHERE ${endsCollection} OR ${key} IN (SELECT document_key FROM #touched);

  CREATE TABLE #latest WITH (HEAP, DISTRIBUTION = HASH(_key)) AS
${indented(latestQuery('#relevant', views.columns, tsqlDialect))};

  CREATE TABLE #merged WITH (HEAP, DISTRIBUTION = HASH(document_key)) AS
  SELECT touched.document_key, found.*
  FROM #touched AS touched LEFT JOIN #latest AS found ON found._key = touched.document_key;

  CREATE TABLE #history WITH (HEAP, DISTRIBUTION = HASH(_key)) AS
${indented(historyQuery('#relevant', views.columns, tsqlDialect))};

  BEGIN TRANSACTION;
  INSERT INTO ${changes} (${names}) SELECT ${names} FROM #new;
  MERGE INTO ${latest} AS target USING #merged AS source ON target._key = source.document_key
  WHEN MATCHED AND source._sequence IS NULL THEN DELETE
  WHEN MATCHED AND source._sequence > target._sequence THEN UPDATE SET ${updated.join(', ')}
  WHEN NOT MATCHED BY TARGET AND source._sequence IS NOT NULL THEN INSERT (${inserted.join(', ')}) VALUES (${inserted.map((name) => `source.${name}`).join(', ')});
  DELETE FROM ${history} WHERE _key IN (SELECT document_key FROM #touched);
  INSERT INTO ${history} (${versions}) SELECT ${versions} FROM #history;
  COMMIT TRANSACTION;
END`;
}

function copyInto(views: CollectionViews, staging: string): string {
  const source = views.tables?.https(`${views.folder}/date=*/*.parquet`) ?? '<address of the table>/date=*/*.parquet';
  const columns = changeColumns.filter((name) => name !== 'date').join(', ');
  return `COPY INTO ${staging} (${columns})
  FROM '${source.replaceAll("'", "''")}'
  WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))`;
}

function indented(sql: string): string {
  return sql.replace(/^/gm, '  ');
}
