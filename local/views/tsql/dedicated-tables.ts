// A dedicated pool: it cannot read Delta or call OPENROWSET on the lake, so it has tables, and a procedure that fills them.
import type { CollectionViews, Engine } from '../engine.ts';
import { changeColumns, historyQuery, latestQuery } from '../view-queries.ts';
import { tsqlDialect, tsqlQuoted, tsqlText, tsqlType } from './tsql-dialect.ts';

export const dedicatedViews: Engine = {
  separator: ';\nGO',
  howToRun: ({ collection, database }) => [
    'In Synapse Studio against the pool, or: sqlcmd -S <workspace>.sql.azuresynapse.net -d <pool> -G -I -i views.sql',
    `Then, as often as you like: EXEC ${tsqlQuoted(database)}.${tsqlQuoted(`${collection}_load`)}`,
    'The workspace identity needs Storage Blob Data Reader on the container. A binary field is base64 text here.',
  ],
  statements: (views) => [
    {
      comment: 'The database is a schema.',
      sql: `IF SCHEMA_ID(${tsqlText(views.database)}) IS NULL EXEC(${tsqlText(`CREATE SCHEMA ${tsqlQuoted(views.database)}`)})`,
    },
    { comment: 'The change events, each once.', sql: createTable(views, 'changes', changeTypes) },
    { comment: 'What COPY INTO loads before it is merged.', sql: createTable(views, 'staging', changeTypes) },
    { comment: 'The newest state of each document.', sql: createTable(views, 'latest', documentTypes(views, false)) },
    {
      comment:
        'Every version of each document. As of a moment t: WHERE _valid_from <= t AND (t < _valid_to OR _valid_to IS NULL)',
      sql: createTable(views, 'history', documentTypes(views, true)),
    },
    { comment: 'Loads what is new and merges it. To run it again changes nothing.', sql: procedure(views) },
  ],
};

const utf8 = 'COLLATE Latin1_General_100_BIN2_UTF8';

const changeTypes = changeColumns.map((name) => {
  if (name === 'date') return `${name} DATE NULL`;
  if (name.endsWith('Time')) return `${name} DATETIME2(3) NULL`;
  const isLong = !['operationType', 'db', 'coll', 'sequence'].includes(name);
  return `${name} VARCHAR(${isLong ? 'MAX' : name === 'sequence' ? '4000' : '256'}) ${utf8} NULL`;
});

function documentTypes({ columns }: CollectionViews, isHistory: boolean): string[] {
  return [
    `_key VARCHAR(4000) ${utf8} NOT NULL`,
    `_sequence VARCHAR(4000) ${utf8} NOT NULL`,
    '_clusterTime DATETIME2(3) NULL',
    `_data VARCHAR(MAX) ${utf8} NULL`,
    ...(isHistory ? ['_valid_from DATETIME2(3) NULL', '_valid_to DATETIME2(3) NULL', '_is_current BIT NULL'] : []),
    ...columns.map(({ name, type }) => `${tsqlQuoted(name)} ${tsqlType(type)} NULL`),
  ];
}

function nameOf({ database, collection }: CollectionViews, kind: string): string {
  return `${tsqlQuoted(database)}.${tsqlQuoted(`${collection}_${kind}`)}`;
}

/** A heap, as a columnstore takes no VARCHAR(MAX) in every pool; spread by what is joined on. */
function createTable(views: CollectionViews, kind: string, columns: readonly string[]): string {
  const key = kind === 'latest' || kind === 'history' ? '_key' : 'sequence';
  return `CREATE TABLE ${nameOf(views, kind)} (
  ${columns.join(',\n  ')}
) WITH (HEAP, DISTRIBUTION = HASH(${key}))`;
}

function procedure(views: CollectionViews): string {
  const [changes, staging, latest, history] = ['changes', 'staging', 'latest', 'history'].map((kind) =>
    nameOf(views, kind),
  );
  const names = changeColumns.join(', ');
  const fields = views.columns.map(({ name }) => tsqlQuoted(name));
  const own = ['_key', '_sequence', '_clusterTime', '_data'];
  const changed = [...own.slice(1), ...fields].map((name) => `target.${name} = source.${name}`);
  const inserted = [...own, ...fields];
  const source = views.tables?.https(`${views.folder}/date=*/*.parquet`) ?? '<address of the table>/date=*/*.parquet';
  return `CREATE PROCEDURE ${nameOf(views, 'load')} AS
BEGIN
  TRUNCATE TABLE ${staging};
  COPY INTO ${staging} (${changeColumns.filter((name) => name !== 'date').join(', ')})
  FROM '${source}'
  WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'));

  INSERT INTO ${changes} (${names})
  SELECT ${changeColumns.map((name) => (name === 'date' ? 'CAST(clusterTime AS DATE)' : name)).join(', ')}
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sequence ORDER BY sequence) AS copy FROM ${staging}) AS loaded
  WHERE copy = 1 AND NOT EXISTS (SELECT 1 FROM ${changes} AS known WHERE known.sequence = loaded.sequence);

  CREATE TABLE #latest WITH (HEAP, DISTRIBUTION = HASH(_key)) AS
${indented(latestQuery(changes ?? '', views.columns, tsqlDialect))};

  MERGE INTO ${latest} AS target USING #latest AS source ON target._key = source._key
  WHEN MATCHED AND source._sequence > target._sequence THEN UPDATE SET ${changed.join(', ')}
  WHEN NOT MATCHED BY TARGET THEN INSERT (${inserted.join(', ')}) VALUES (${inserted.map((name) => `source.${name}`).join(', ')})
  WHEN NOT MATCHED BY SOURCE THEN DELETE;
  DROP TABLE #latest;

  CREATE TABLE #history WITH (HEAP, DISTRIBUTION = HASH(_key)) AS
${indented(historyQuery(changes ?? '', views.columns, tsqlDialect))};
  BEGIN TRANSACTION;
  DELETE FROM ${history};
  INSERT INTO ${history} SELECT * FROM #history;
  COMMIT TRANSACTION;
  DROP TABLE #history;
END`;
}

function indented(sql: string): string {
  return sql.replace(/^/gm, '  ');
}
