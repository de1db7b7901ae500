// The queries of `latest` and `history`, in the dialect of any engine. Both read the changes, from any source.
import type { Column } from './column-type.ts';
import type { Dialect } from './dialect.ts';

/** The columns of `changes`, as in the table. */
export const changeColumns = [
  'operationType',
  'sequence',
  'db',
  'coll',
  'documentKey',
  'data',
  'updateDescription',
  'rest',
  'clusterTime',
  'wallTime',
  'date',
] as const;

/** These end every version of a collection. */
export const endsCollection = "operationType IN ('drop', 'rename')";
/**
 * An update without a document is no version. The document was gone when the server looked it up. An insert or a
 * replace without a document is a version with empty fields. A project expression of the trigger can remove the
 * document.
 */
const isVersionOrEnd = `documentKey IS NOT NULL
    AND (operationType IN ('insert', 'replace', 'delete') OR data IS NOT NULL)`;

/** The last change of each document since the collection was last dropped or renamed. */
export function latestQuery(changes: string, columns: readonly Column[], dialect: Dialect): string {
  const { select, from } = dialect.fields(columns);
  return `WITH last_end AS (
  SELECT coalesce(max(sequence), '') AS sequence FROM ${changes} WHERE ${endsCollection}
),
events AS (
  SELECT ${dialect.key('documentKey')} AS document_key, sequence, clusterTime, operationType, data
  FROM ${changes}
  WHERE ${isVersionOrEnd}
    AND sequence > (SELECT sequence FROM last_end)
),
ranked AS (
  SELECT document_key, sequence, clusterTime, operationType, data,
    row_number() OVER (PARTITION BY document_key ORDER BY sequence DESC) AS age
  FROM events
)
SELECT ${list([...documentColumns(dialect), ...select])}
FROM ${from('ranked')}
WHERE ranked.age = 1 AND ranked.operationType <> 'delete'`;
}

/**
 * Every version. An era is the time between two drops or renames: a version ends with the next change of its document
 * in the same era, or else with the era.
 */
export function historyQuery(changes: string, columns: readonly Column[], dialect: Dialect): string {
  const { select, from } = dialect.fields(columns);
  const named = (name: string, expression: string): string => `${expression} AS ${dialect.own(name)}`;
  return `WITH eras AS (
  SELECT coalesce(lag(sequence) OVER (ORDER BY sequence), '') AS begins_after, sequence AS ends_before, clusterTime AS ended_at
  FROM ${changes} WHERE ${endsCollection}
  UNION ALL
  SELECT coalesce(max(sequence), ''), CAST(NULL AS ${dialect.textType}), CAST(NULL AS ${dialect.timestampType})
  FROM ${changes} WHERE ${endsCollection}
),
events AS (
  SELECT ${dialect.key('documentKey')} AS document_key, sequence, clusterTime, operationType, data
  FROM ${changes}
  WHERE ${isVersionOrEnd}
),
placed AS (
  SELECT document_key, sequence, clusterTime, operationType, data, ended_at,
    lead(clusterTime) OVER (PARTITION BY document_key, begins_after ORDER BY sequence) AS changed_at
  FROM events JOIN eras ON sequence > begins_after AND (ends_before IS NULL OR sequence < ends_before)
)
SELECT ${list([
    ...documentColumns(dialect),
    named('_valid_from', 'clusterTime'),
    named('_valid_to', 'coalesce(changed_at, ended_at)'),
    named('_is_current', dialect.isTrue('changed_at IS NULL AND ended_at IS NULL')),
    ...select,
  ])}
FROM ${from('placed')}
WHERE placed.operationType <> 'delete'`;
}

function documentColumns({ own }: Dialect): string[] {
  return [
    `document_key AS ${own('_key')}`,
    `sequence AS ${own('_sequence')}`,
    `clusterTime AS ${own('_clusterTime')}`,
    `data AS ${own('_data')}`,
  ];
}

function list(expressions: readonly string[]): string {
  return expressions.join(',\n  ');
}
