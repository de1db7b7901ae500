// Snowflake. A name that is written without quotes is upper case to it, so ours and the plain names of fields are.
import type { NameRules } from '../column-names.ts';
import type { Column, ColumnType } from '../column-type.ts';
import type { Dialect } from '../dialect.ts';

export const snowflakeNames: NameRules = {
  fold: (name) => snowflakeName(name),
  maxLength: 255,
  allowed: (name) => name,
};

/** `title` and `Title` are both TITLE; a name with a space or a dot keeps its letters. */
export function snowflakeName(name: string): string {
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
    join: '',
  }),
};

/** GET takes any name, where a path with colons would take some signs for its own. */
function pathOf({ path }: Column): string {
  return path.reduce((value, key) => `get(${value}, ${snowflakeText(key)})`, 'try_parse_json(data)');
}

function readAs(type: ColumnType, value: string): string {
  const inner = (key: string): string => `to_varchar(get(${value}, '${key}'))`;
  const text = `to_varchar(${value})`;
  const is = (...types: string[]): string => `typeof(${value}) IN (${types.map((name) => `'${name}'`).join(', ')})`;
  const isNumber = is('INTEGER', 'DECIMAL', 'DOUBLE');
  const integer = `coalesce(CASE WHEN ${is('INTEGER')} THEN ${text} END, ${inner('$numberLong')}, ${inner('$numberInt')})`;
  switch (type.kind) {
    case 'boolean':
      return `CASE WHEN ${is('BOOLEAN')} THEN CAST(${value} AS BOOLEAN) END`;
    case 'int64':
      return `try_cast(${integer} AS NUMBER(19, 0))`;
    case 'double':
      return `coalesce(CASE WHEN ${is('DECIMAL', 'DOUBLE')} THEN try_cast(${text} AS DOUBLE) END, try_cast(${inner('$numberDouble')} AS DOUBLE),
    CASE WHEN ${is('VARCHAR')} AND ${text} IN ('NaN', 'Infinity', '-Infinity') THEN try_cast(${text} AS DOUBLE) END,
    CASE WHEN try_cast(${integer} AS NUMBER(38, 0)) BETWEEN -9007199254740992 AND 9007199254740992 THEN try_cast(${integer} AS DOUBLE) END)`;
    case 'decimal': {
      const digits = `coalesce(${inner('$numberDecimal')}, ${inner('$numberDouble')}, ${integer}, CASE WHEN ${isNumber} OR ${is('VARCHAR')} THEN ${text} END)`;
      return `CASE WHEN regexp_like(${digits}, '-?[0-9]+([.][0-9]{0,${type.scale}}0*)?') THEN try_cast(${digits} AS NUMBER(${type.precision}, ${type.scale})) END`;
    }
    case 'timestamp':
      return timestampOf(value, inner);
    case 'date':
      return `CAST(${timestampOf(value, inner)} AS DATE)`;
    case 'binary':
      return `try_base64_decode_binary(coalesce(to_varchar(get(get(${value}, '$binary'), 'base64')), CASE WHEN ${is('VARCHAR')} THEN ${text} END))`;
    case 'json':
      return `CASE WHEN NOT ${is('NULL_VALUE')} THEN to_json(${value}) END`;
    case 'string':
      return `CASE WHEN ${is('VARCHAR', 'BOOLEAN', 'INTEGER', 'DECIMAL', 'DOUBLE')} THEN ${text}
    ELSE coalesce(${['$oid', '$numberLong', '$numberInt', '$numberDouble', '$numberDecimal', '$symbol'].map(inner).join(', ')},
      to_varchar(${timestampOf(value, inner)}, 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'), ${uuidOf(value)},
      to_varchar(get(get(${value}, '$binary'), 'base64'))) END`;
  }
}

function timestampOf(value: string, inner: (key: string) => string): string {
  const iso = `coalesce(${inner('$date')}, CASE WHEN typeof(${value}) = 'VARCHAR' THEN to_varchar(${value}) END)`;
  const ms = `try_cast(to_varchar(get(get(${value}, '$date'), '$numberLong')) AS NUMBER(19, 0))`;
  return `coalesce(CASE WHEN regexp_like(${iso}, '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z') THEN try_cast(replace(${iso}, 'Z', '') AS TIMESTAMP_NTZ) END,
    CASE WHEN ${ms} BETWEEN -62135596800000 AND 253402300799999 THEN dateadd(millisecond, ${ms}, CAST('1970-01-01' AS TIMESTAMP_NTZ)) END)`;
}

function uuidOf(value: string): string {
  const part = (name: string): string => `to_varchar(get(get(${value}, '$binary'), '${name}'))`;
  return `CASE WHEN ${part('subType')} = '04' AND length(${part('base64')}) = 24
      THEN regexp_replace(hex_encode(try_base64_decode_binary(${part('base64')}), 0), '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '\\\\1-\\\\2-\\\\3-\\\\4-\\\\5') END`;
}
