// Snowflake. A name that is written without quotes is upper case to it, so ours and the plain names of fields are.
import type { NameRules } from '../column-names.ts';
import type { Column, ColumnType } from '../column-type.ts';
import { type Dialect, inFourDigitYears } from '../dialect.ts';

export const snowflakeNames: NameRules = {
  fold: (name) => snowflakeName(name),
  maxLength: 255,
  allowed: (name) => name,
};

/** `title` and `Title` are both TITLE; a name with a space or a dot keeps its letters. */
function snowflakeName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name.toUpperCase() : name;
}

export function snowflakeQuoted(name: string): string {
  return `"${snowflakeName(name).replaceAll('"', '""')}"`;
}

export function snowflakeText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

export const snowflakeDialect: Dialect = {
  names: snowflakeNames,
  quoted: snowflakeQuoted,
  own: (name) => name,
  textType: 'VARCHAR',
  timestampType: 'TIMESTAMP_NTZ',
  // Snowflake sorts the keys of an object: two keys that differ in their order alone are one here.
  key: (column) => `coalesce(to_json(try_parse_json(${column})), ${column})`,
  isTrue: (condition) => `(${condition})`,
  fields: (columns) => ({
    select: columns.map((column) => `${readAs(column.type, pathOf(column))} AS ${snowflakeQuoted(column.name)}`),
    from: (rows) => rows,
  }),
};

/** A path in quotes can have any name. */
function pathOf({ path }: Column): string {
  const names = path.map((key) => `"${key.replaceAll('"', '""')}"`);
  return `try_parse_json(data):${names.join('.')}`;
}

/** The JSON of a value shows its kind: text begins with a quote, an object with a brace. */
function readAs(type: ColumnType, value: string): string {
  const inner = (key: string): string => `${value}."${key}"::VARCHAR`;
  const json = `to_json(${value})`;
  const text = `CASE WHEN left(${json}, 1) = '"' THEN ${value}::VARCHAR END`;
  const number = `CASE WHEN regexp_like(${json}, '-?[0-9].*') THEN ${json} END`;
  const integer = `coalesce(CASE WHEN regexp_like(${json}, '-?[0-9]+') THEN ${json} END, ${inner('$numberLong')}, ${inner('$numberInt')})`;
  switch (type.kind) {
    case 'boolean':
      return `CASE ${json} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`;
    case 'int64':
      return `try_cast(${integer} AS NUMBER(19, 0))`;
    case 'double':
      return `coalesce(CASE WHEN NOT regexp_like(${json}, '-?[0-9]+') THEN try_cast(${number} AS DOUBLE) END,
    try_cast(${inner('$numberDouble')} AS DOUBLE),
    CASE WHEN ${json} IN ('"NaN"', '"Infinity"', '"-Infinity"') THEN try_cast(${text} AS DOUBLE) END,
    CASE WHEN try_cast(${integer} AS NUMBER(38, 0)) BETWEEN -9007199254740992 AND 9007199254740992 THEN try_cast(${integer} AS DOUBLE) END)`;
    case 'decimal': {
      const digits = `coalesce(${inner('$numberDecimal')}, ${inner('$numberDouble')}, ${integer}, ${number}, ${text})`;
      // A number with more digits behind the point than the column has would be rounded.
      return `CASE WHEN regexp_like(${digits}, '-?[0-9]+([.][0-9]{0,${type.scale}}0*)?') THEN try_cast(${digits} AS NUMBER(${type.precision}, ${type.scale})) END`;
    }
    case 'timestamp':
      return snowflakeTimestamp(value);
    case 'date':
      // A moment of the day would be lost.
      return `CASE WHEN ${snowflakeTimestamp(value)} = date_trunc('day', ${snowflakeTimestamp(value)}) THEN CAST(${snowflakeTimestamp(value)} AS DATE)
    WHEN regexp_like(${text}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN try_cast(${text} AS DATE) END`;
    case 'binary':
      return `try_to_binary(coalesce(${value}."$binary"."base64"::VARCHAR, ${text}), 'BASE64')`;
    case 'json':
      return `nullif(${json}, 'null')`;
    case 'string':
      return `coalesce(${text}, CASE WHEN left(${json}, 1) NOT IN ('{', '[', 'n') THEN ${json} END,
    ${['$oid', '$numberLong', '$numberInt', '$numberDouble', '$numberDecimal', '$symbol'].map(inner).join(', ')},
    to_varchar(${snowflakeTimestamp(value)}, 'YYYY-MM-DD"T"HH24:MI:SS.FF3') || 'Z', ${uuidOf(value)}, ${value}."$binary"."base64"::VARCHAR)`;
  }
}

/** A date of any of the three formats, of the years 1 to 9999. */
export function snowflakeTimestamp(value: string): string {
  const iso = `coalesce(${value}."$date"::VARCHAR, CASE WHEN left(to_json(${value}), 1) = '"' THEN ${value}::VARCHAR END)`;
  const ms = `try_cast(${value}."$date"."$numberLong"::VARCHAR AS NUMBER(19, 0))`;
  return `coalesce(CASE WHEN regexp_like(${iso}, '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z')
      THEN try_cast(replace(${iso}, 'Z', '') AS TIMESTAMP_NTZ) END,
    CASE WHEN ${ms} ${inFourDigitYears}
      THEN dateadd(millisecond, ${ms} - 1000 * floor(${ms} / 1000), dateadd(second, floor(${ms} / 1000), CAST('1970-01-01' AS TIMESTAMP_NTZ))) END)`;
}

/** The 16 bytes of a UUID, as text with hyphens. */
function uuidOf(value: string): string {
  const hex = `hex_encode(try_to_binary(${value}."$binary"."base64"::VARCHAR, 'BASE64'), 0)`;
  const part = (start: number, length: number): string => `substr(${hex}, ${start}, ${length})`;
  return `CASE WHEN ${value}."$binary"."subType"::VARCHAR = '04' AND length(${value}."$binary"."base64"::VARCHAR) = 24
    THEN lower(${[part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")}) END`;
}
