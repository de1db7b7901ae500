// Spark SQL: Synapse, Fabric, Databricks. `from_json` reads a document twice: as plain values, which gives null where a
// value has another type, and as the objects that Extended JSON has for types.
import type { NameRules } from '../column-names.ts';
import type { Column } from '../column-type.ts';
import type { Dialect } from '../dialect.ts';
import { sparkGroups, sparkQuoted } from './spark-schema.ts';
import { sparkTimestamp } from './spark-time.ts';

export const sparkNames: NameRules = {
  fold: (name) => name.toLowerCase(),
  maxLength: 255,
  allowed: (name) => name,
};

export function sparkText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export const sparkDialect: Dialect = {
  names: sparkNames,
  quoted: sparkQuoted,
  own: (name) => name,
  textType: 'STRING',
  timestampType: 'TIMESTAMP',
  // The root path writes the text again, so that two spellings of a key become one.
  key: (column) => `coalesce(get_json_object(${column}, '$'), ${column})`,
  isTrue: (condition) => `(${condition})`,
  fields: (columns) => {
    const groups = sparkGroups(columns);
    const parsed = groups.flatMap(({ plainSchema, typedSchema }, index) => [
      `from_json(data, ${sparkText(plainSchema)}) AS plain${index + 1}`,
      `from_json(data, ${sparkText(typedSchema)}) AS typed${index + 1}`,
    ]);
    const placeOf = new Map(
      groups.flatMap((group, index) => group.columns.map((column) => [column, index + 1] as const)),
    );
    return {
      select: columns.map((column) => {
        const path = column.path.map(sparkQuoted).join('.');
        const place = placeOf.get(column) ?? 1;
        return `${readAs(column, `plain${place}.${path}`, `typed${place}.${path}`)} AS ${sparkQuoted(column.name)}`;
      }),
      from: (rows) =>
        columns.length === 0 ? rows : `${rows}, LATERAL (\n  SELECT ${parsed.join(',\n    ')}\n) AS fields`,
    };
  },
};

function readAs({ type, path }: Column, plain: string, typed: string): string {
  const inner = (key: string): string => `${typed}.${sparkQuoted(key)}`;
  const integer = `try_cast(coalesce(${inner('$numberLong')}, ${inner('$numberInt')}) AS BIGINT)`;
  switch (type.kind) {
    case 'boolean':
      return plain;
    case 'int64':
      return `coalesce(${plain}, ${integer})`;
    case 'double':
      return `coalesce(${exactDouble(plain, path)}, try_cast(${inner('$numberDouble')} AS DOUBLE),
    CASE WHEN ${integer} BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST(${integer} AS DOUBLE) END)`;
    case 'decimal':
      return decimalOf(
        `coalesce(${['$numberDecimal', '$numberLong', '$numberInt', '$numberDouble'].map(inner).join(', ')}, ${plain})`,
        type.precision,
        type.scale,
      );
    case 'timestamp':
      return sparkTimestamp(`coalesce(${inner('$date')}, ${plain})`);
    case 'date':
      return dateOf(`coalesce(${inner('$date')}, ${plain})`);
    case 'binary':
      return `unbase64(CASE WHEN ${typed} IS NULL THEN ${plain} ELSE ${inner('$binary')}.base64 END)`;
    case 'json':
      return plain;
    case 'string':
      return `CASE WHEN ${typed} IS NULL THEN ${plain} ELSE coalesce(${[
        ...['$oid', '$numberLong', '$numberInt', '$numberDouble', '$numberDecimal', '$symbol'].map(inner),
        isoOf(inner('$date')),
        uuidOf(inner('$binary')),
        `${inner('$binary')}.base64`,
      ].join(', ')}) END`;
  }
}

/** Beyond 2^53 a double cannot tell two integers apart. */
function exactDouble(plain: string, path: readonly string[]): string {
  if (path.some((key) => /['\]\\]/.test(key))) return plain;
  const text = `get_json_object(data, "$${path.map((key) => `['${key.replaceAll('"', '\\"')}']`).join('')}")`;
  return `CASE WHEN abs(${plain}) > 9007199254740992 AND ${text} RLIKE '^-?[0-9]{16,19}$' THEN NULL ELSE ${plain} END`;
}

/** A number with more digits behind the point than the column has would be rounded. */
function decimalOf(text: string, precision: number, scale: number): string {
  return `CASE WHEN ${text} RLIKE '^-?[0-9]+([.][0-9]{0,${scale}}0*)?$' THEN try_cast(${text} AS DECIMAL(${precision}, ${scale})) END`;
}

function isoOf(date: string): string {
  return `date_format(${utcOf(date)}, "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")`;
}

/** A moment of the day would be lost. */
function dateOf(date: string): string {
  return `CASE WHEN ${utcOf(date)} = CAST(CAST(${utcOf(date)} AS DATE) AS TIMESTAMP_NTZ) THEN CAST(${utcOf(date)} AS DATE)
    WHEN ${date} RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN try_cast(${date} AS DATE) END`;
}

/** Without a zone, in UTC: the session may have another. */
function utcOf(date: string): string {
  return `convert_timezone(current_timezone(), 'UTC', CAST(${sparkTimestamp(date)} AS TIMESTAMP_NTZ))`;
}

/** The 16 bytes of a UUID, as text with hyphens. */
function uuidOf(binary: string): string {
  const hex = `lower(hex(unbase64(${binary}.base64)))`;
  return `CASE WHEN ${binary}.subType = '04' AND length(${binary}.base64) = 24
    THEN regexp_replace(${hex}, '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '$1-$2-$3-$4-$5') END`;
}
