// A dedicated pool: it cannot read Delta or call OPENROWSET on the lake, so it has tables, and a procedure that fills
// them.
import type { CollectionViews, Engine } from '../engine.ts';
import { changeColumns } from '../view-queries.ts';
import { utf8 } from './changes.ts';
import { loadProcedure, nameOf } from './dedicated-load.ts';
import { tsqlQuoted, tsqlText, tsqlType } from './tsql-dialect.ts';

export const dedicatedViews: Engine = {
  separator: ';\nGO',
  howToRun: ({ collection, database }) => [
    'In Synapse Studio against the pool, or: sqlcmd -S <workspace>.sql.azuresynapse.net -d <pool> -G -I -i views.sql',
    `Then, on a schedule: EXEC ${tsqlQuoted(database)}.${tsqlQuoted(`${collection}_load`)}`,
    "It reads the days since the newest one here, less 2 days. With @from = '2026-01-01' it reads from that day on, and with @from = '0001-01-01' all.",
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
    {
      comment:
        'Loads the days since the newest one that is here, less the lookback, and merges what is new by key. A repeat changes nothing.',
      sql: loadProcedure(views),
    },
  ],
};

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

/** A heap, as a columnstore takes no VARCHAR(MAX) in every pool; spread by what is joined on. */
function createTable(views: CollectionViews, kind: string, columns: readonly string[]): string {
  const key = kind === 'latest' || kind === 'history' ? '_key' : 'sequence';
  return `CREATE TABLE ${nameOf(views, kind)} (
  ${columns.join(',\n  ')}
) WITH (HEAP, DISTRIBUTION = HASH(${key}))`;
}
