// Redshift. Documents are parsed into SUPER; the session must keep the case of names in them (see the header of the
// output).
import type { NameRules } from '../column-names.ts';
import type { Column, ColumnType } from '../column-type.ts';
import { type Dialect, inFourDigitYears } from '../dialect.ts';

export const redshiftNames: NameRules = {
  fold: (name) => name.toLowerCase(),
  // Redshift counts 127 bytes, and a letter of another script has two or three.
  maxLength: 42,
  allowed: (name) => name,
};

export function redshiftQuoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export const redshiftDialect: Dialect = {
  names: redshiftNames,
  quoted: redshiftQuoted,
  own: (name) => name,
  textType: 'VARCHAR(65535)',
  timestampType: 'TIMESTAMP',
  key: (column) =>
    `COALESCE(JSON_SERIALIZE(CASE WHEN CAN_JSON_PARSE(${column}) THEN JSON_PARSE(${column}) END), ${column})`,
  isTrue: (condition) => `(${condition})`,
  fields: (columns) => ({
    select: columns.map((column) => `${readAs(column.type, pathOf(column))} AS ${redshiftQuoted(column.name)}`),
    from: (rows) => (columns.length === 0 ? rows : withDocument(rows)),
  }),
};

/** Redshift has no LATERAL. */
function withDocument(rows: string): string {
  return `(
  SELECT ${rows}.*, CASE WHEN CAN_JSON_PARSE(data) THEN JSON_PARSE(data) END AS document FROM ${rows}
) AS ${rows}`;
}

function pathOf({ path }: Column): string {
  return `document.${path.map(redshiftQuoted).join('.')}`;
}

function readAs(type: ColumnType, value: string): string {
  const inner = (key: string): string => `CAST(${value}."${key}" AS VARCHAR)`;
  const integer = `COALESCE(CASE WHEN IS_INTEGER(${value}) THEN CAST(${value} AS VARCHAR) END, ${inner('$numberLong')}, ${inner('$numberInt')})`;
  const fraction = `COALESCE(CASE WHEN IS_FLOAT(${value}) OR IS_DECIMAL(${value}) THEN CAST(${value} AS VARCHAR) END, ${inner('$numberDouble')})`;
  const text = `CASE WHEN IS_VARCHAR(${value}) THEN CAST(${value} AS VARCHAR(65535)) END`;
  switch (type.kind) {
    case 'boolean':
      return `CASE WHEN IS_BOOLEAN(${value}) THEN CAST(${value} AS BOOLEAN) END`;
    case 'int64':
      return `TRY_CAST(${integer} AS BIGINT)`;
    case 'double':
      return `COALESCE(TRY_CAST(${fraction} AS DOUBLE PRECISION),
    CASE WHEN TRY_CAST(${integer} AS BIGINT) BETWEEN -9007199254740992 AND 9007199254740992 THEN TRY_CAST(${integer} AS DOUBLE PRECISION) END)`;
    case 'decimal': {
      const digits = `COALESCE(${inner('$numberDecimal')}, ${integer}, ${fraction}, ${text})`;
      return `CASE WHEN ${digits} ~ '^-?[0-9]+([.][0-9]{0,${type.scale}}0*)?$' THEN TRY_CAST(${digits} AS DECIMAL(${type.precision}, ${type.scale})) END`;
    }
    case 'timestamp':
      return timestampOf(value);
    case 'date':
      // A moment of the day would be lost.
      return `CASE WHEN ${timestampOf(value)} = DATE_TRUNC('day', ${timestampOf(value)}) THEN CAST(${timestampOf(value)} AS DATE)
    WHEN ${text} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN TRY_CAST(${text} AS DATE) END`;
    case 'binary':
      return `TO_VARBYTE(COALESCE(CAST(${value}."$binary"."base64" AS VARCHAR(65535)), ${text}), 'base64')`;
    case 'json':
      return `CASE WHEN ${value} IS NOT NULL THEN JSON_SERIALIZE(${value}) END`;
    case 'string':
      return `COALESCE(${text}, CASE WHEN IS_BOOLEAN(${value}) THEN CASE WHEN CAST(${value} AS BOOLEAN) THEN 'true' ELSE 'false' END END,
    ${integer}, ${fraction}, ${['$oid', '$numberDecimal', '$symbol'].map(inner).join(', ')},
    TO_CHAR(${timestampOf(value)}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), CAST(${value}."$binary"."base64" AS VARCHAR(65535)))`;
  }
}

function timestampOf(value: string): string {
  const date = `${value}."$date"`;
  const iso = `CASE WHEN IS_VARCHAR(${date}) THEN CAST(${date} AS VARCHAR) WHEN IS_VARCHAR(${value}) THEN CAST(${value} AS VARCHAR(65535)) END`;
  const ms = `TRY_CAST(CAST(${date}."$numberLong" AS VARCHAR) AS BIGINT)`;
  return `COALESCE(CASE WHEN ${iso} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$' THEN TRY_CAST(REPLACE(REPLACE(${iso}, 'T', ' '), 'Z', '') AS TIMESTAMP) END,
    CASE WHEN ${ms} ${inFourDigitYears} THEN DATEADD(ms, ${ms}, CAST('1970-01-01' AS TIMESTAMP)) END)`;
}
