// T-SQL: Synapse serverless, dedicated pools, Fabric. OPENJSON gives each field with the kind of its value, without the
// limit of 4,000 characters that JSON_VALUE has.
import type { NameRules } from '../column-names.ts';
import type { Column, ColumnType } from '../column-type.ts';
import { type Dialect, inFourDigitYears } from '../dialect.ts';
import { type OpenedField, openedFields } from './open-json.ts';

export const tsqlNames: NameRules = {
  // A database with another collation takes "Title" and "title" for one name.
  fold: (name) => name.toLowerCase(),
  maxLength: 128,
  allowed: (name) => name,
};

export function tsqlQuoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function tsqlText(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}

export const tsqlDialect: Dialect = {
  names: tsqlNames,
  quoted: tsqlQuoted,
  own: (name) => name,
  textType: 'VARCHAR(MAX)',
  timestampType: 'DATETIME2(3)',
  key: keyText,
  isTrue: (condition) => `CAST(CASE WHEN ${condition} THEN 1 ELSE 0 END AS BIT)`,
  fields: (columns) => {
    const { fieldOf, join } = openedFields(columns);
    return {
      select: columns.map((column) => `${typed(column, fieldOf(column))} AS ${tsqlQuoted(column.name)}`),
      from: (rows) => rows + join,
    };
  },
};

/**
 * Writes members again if a text can have a second spelling, such as "\u00e9" and "é". STRING_ESCAPE writes "/" as
 * "\/". STRING_AGG needs an order. Otherwise it gives the members of a shard key in any order.
 */
function keyText(column: string): string {
  const escaped = (text: string): string => `'"' + REPLACE(STRING_ESCAPE(${text}, 'json'), '\\/', '/') + '"'`;
  const member = `${escaped('[key]')} + ':' + CASE WHEN [type] = ${text} THEN ${escaped('[value]')} ELSE COALESCE([value], 'null') END`;
  return `CASE WHEN ${column} LIKE '%[\\ ]%' AND ISJSON(${column}) = 1
    THEN (SELECT '{' + STRING_AGG(CAST(${member} AS NVARCHAR(MAX)), ',') WITHIN GROUP (ORDER BY [key] DESC) + '}' FROM OPENJSON(${column}))
    ELSE ${column} END`;
}

function typed({ type }: Column, field: OpenedField): string {
  const { value, kind } = field;
  const plain = (...kinds: number[]): string => `CASE WHEN ${kind} IN (${kinds.join(', ')}) THEN ${value} END`;
  const integer = `COALESCE(${plain(number)}, ${inner(field, '"$numberLong"')}, ${inner(field, '"$numberInt"')})`;
  switch (type.kind) {
    case 'boolean':
      return `CAST(CASE WHEN ${kind} = ${boolean} THEN CASE ${value} WHEN 'true' THEN 1 ELSE 0 END END AS BIT)`;
    case 'int64':
      return `TRY_CAST(${integer} AS BIGINT)`;
    case 'double': {
      const digits = `COALESCE(${inner(field, '"$numberDouble"')}, ${integer})`;
      return `CASE WHEN TRY_CAST(${integer} AS BIGINT) IS NULL
    OR TRY_CAST(${integer} AS BIGINT) BETWEEN -9007199254740992 AND 9007199254740992 THEN TRY_CAST(${digits} AS FLOAT) END`;
    }
    case 'decimal': {
      const digits = `COALESCE(${inner(field, '"$numberDecimal"')}, ${inner(field, '"$numberDouble"')}, ${integer}, ${plain(text)})`;
      // A number with more digits behind the point than the column has would be rounded.
      return `CASE WHEN ${digits} NOT LIKE '%.${'_'.repeat(type.scale + 1)}%' THEN TRY_CAST(${digits} AS ${nameOf(type)}) END`;
    }
    case 'timestamp':
      return timestampOf(field);
    case 'date':
      // A moment of the day would be lost.
      return `CASE WHEN ${timestampOf(field)} = CAST(CAST(${timestampOf(field)} AS DATE) AS DATETIME2(3)) THEN CAST(${timestampOf(field)} AS DATE)
    WHEN ${kind} = ${text} AND ${value} LIKE '____-__-__' THEN TRY_CONVERT(DATE, ${value}, 23) END`;
    case 'binary':
      return `COALESCE(${base64Of(field)}, ${plain(text)})`;
    case 'json':
      return `CASE WHEN ${kind} = ${text} THEN '"' + STRING_ESCAPE(${value}, 'json') + '"' WHEN ${kind} > ${text} THEN ${value} END`;
    case 'string':
      return `COALESCE(${plain(text, number, boolean)}, ${[
        '$oid',
        '$numberLong',
        '$numberInt',
        '$numberDouble',
        '$numberDecimal',
        '$symbol',
      ]
        .map((key) => inner(field, `"${key}"`))
        .join(', ')},
    CONVERT(VARCHAR(30), ${timestampOf(field)}, 126) + 'Z', ${base64Of(field)})`;
  }
}

/** OPENJSON's numbers for the kinds of a value. */
const text = 1;
const number = 2;
const boolean = 3;
const object = 5;

/** The values of Extended JSON's types are far shorter than the 4,000 characters that JSON_VALUE gives. */
function inner({ value, kind }: OpenedField, path: string): string {
  return `CASE WHEN ${kind} = ${object} THEN JSON_VALUE(${value}, '$.${path}') END`;
}

function base64Of({ value, kind }: OpenedField): string {
  return `CASE WHEN ${kind} = ${object} THEN (SELECT [value] FROM OPENJSON(${value}, '$."$binary"') WHERE [key] = 'base64') END`;
}

/** DATETIME2 has the years 1 to 9999. Other times are null. */
function timestampOf(field: OpenedField): string {
  const iso = `COALESCE(${inner(field, '"$date"')}, CASE WHEN ${field.kind} = ${text} AND ${field.value} LIKE '____-__-__T__:__:__%Z' THEN ${field.value} END)`;
  const ms = `TRY_CAST(${inner(field, '"$date"."$numberLong"')} AS BIGINT)`;
  return `COALESCE(TRY_CONVERT(DATETIME2(3), ${iso}, 127), CASE WHEN ${ms} ${inFourDigitYears}
      THEN DATEADD(MILLISECOND, ${ms} % 86400000, DATEADD(DAY, ${ms} / 86400000, CAST('1970-01-01' AS DATETIME2(3)))) END)`;
}

function nameOf(type: ColumnType & { readonly kind: 'decimal' }): string {
  return `DECIMAL(${type.precision}, ${type.scale})`;
}

/** The type that a column of a table has. */
export function tsqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'BIT';
    case 'int64':
      return 'BIGINT';
    case 'double':
      return 'FLOAT';
    case 'decimal':
      return nameOf(type);
    case 'timestamp':
      return 'DATETIME2(3)';
    case 'date':
      return 'DATE';
    case 'string':
    case 'binary':
    case 'json':
      return 'VARCHAR(MAX)';
  }
}
