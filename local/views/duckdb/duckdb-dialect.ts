// DuckDB. A macro for each type reads a value in any of the three document formats; what has another type is null.
import { foldAscii, type NameRules } from '../column-names.ts';
import type { Column, ColumnType } from '../column-type.ts';
import type { Dialect } from '../dialect.ts';

export const duckdbNames: NameRules = {
  fold: foldAscii,
  maxLength: 1000,
  allowed: (name) => name,
};

export function duckdbQuoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function duckdbText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `schema` has the macros in it. */
export function duckdbDialect(schema: string): Dialect {
  return {
    names: duckdbNames,
    quoted: duckdbQuoted,
    own: (name) => name,
    textType: 'VARCHAR',
    timestampType: 'TIMESTAMP',
    // Text as JSON writes it has several spellings of one value, such as "\u00e9" and "é"; json() gives one of them.
    key: (column) => `coalesce(CAST(json(TRY_CAST(${column} AS JSON)) AS VARCHAR), ${column})`,
    isTrue: (condition) => `(${condition})`,
    fields: (columns) => ({
      select: columns.map(
        ({ name, type }, index) => `${typed(schema, type, `v${index + 1}`)} AS ${duckdbQuoted(name)}`,
      ),
      from: (rows) => (columns.length === 0 ? rows : rows + joinedValues(columns)),
    }),
  };
}

/** Each value is taken out of its document once, however often the expression of its column looks at it. */
function joinedValues(columns: readonly Column[]): string {
  const values = columns.map(({ path }, index) => `document -> ${duckdbText(pointerOf(path))} AS v${index + 1}`);
  return `, LATERAL (
  SELECT ${values.join(',\n    ')}
  FROM (SELECT TRY_CAST(data AS JSON) AS document)
) AS fields`;
}

function typed(schema: string, type: ColumnType, value: string): string {
  const macro = (name: string, ...more: string[]): string => `${schema}.${name}(${[value, ...more].join(', ')})`;
  switch (type.kind) {
    case 'decimal':
      return `TRY_CAST(${macro('lake_decimal', String(type.scale))} AS DECIMAL(${type.precision}, ${type.scale}))`;
    case 'boolean':
    case 'int64':
    case 'double':
    case 'timestamp':
    case 'date':
    case 'string':
    case 'binary':
    case 'json':
      return macro(`lake_${type.kind}`);
  }
}

/** JSON Pointer: any name can be spelled in it. */
function pointerOf(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
