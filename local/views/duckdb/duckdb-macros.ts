// The macros that DuckDB's views are made of: a JSON value, in any of the three document formats → a value of a type.

export function duckdbMacros(schema: string): string {
  return macros.map((macro) => `CREATE OR REPLACE MACRO ${schema}.${macro.replaceAll('@', `${schema}.`)};`).join('\n');
}

const macros = [
  // The value of the single key of an Extended JSON type.
  `lake_inner(v, type_key) AS
  CASE WHEN json_type(v) = 'OBJECT' AND json_keys(v) = [type_key] THEN v -> ('/' || type_key) END`,

  `lake_boolean(v) AS
  CASE WHEN json_type(v) = 'BOOLEAN' THEN CAST(v AS BOOLEAN) END`,

  `lake_integer_text(v) AS
  CASE json_type(v)
    WHEN 'BIGINT' THEN CAST(v AS VARCHAR)
    WHEN 'UBIGINT' THEN CAST(v AS VARCHAR)
    WHEN 'OBJECT' THEN coalesce(@lake_inner(v, '$numberLong'), @lake_inner(v, '$numberInt')) ->> '$'
  END`,

  `lake_int64(v) AS
  TRY_CAST(@lake_integer_text(v) AS BIGINT)`,

  // JSON has no number for NaN and the infinities. The format simple writes them as text.
  `lake_double_text(v) AS
  CASE json_type(v)
    WHEN 'DOUBLE' THEN CAST(v AS VARCHAR)
    WHEN 'VARCHAR' THEN CASE WHEN v ->> '$' IN ('NaN', 'Infinity', '-Infinity') THEN v ->> '$' END
    WHEN 'OBJECT' THEN @lake_inner(v, '$numberDouble') ->> '$'
  END`,

  // Beyond 2^53 a double cannot tell two integers apart.
  `lake_double(v) AS
  coalesce(TRY_CAST(@lake_double_text(v) AS DOUBLE),
    CASE WHEN TRY_CAST(@lake_integer_text(v) AS HUGEINT) BETWEEN -9007199254740992 AND 9007199254740992
      THEN CAST(@lake_integer_text(v) AS DOUBLE) END)`,

  `lake_decimal_text(v) AS
  coalesce(@lake_inner(v, '$numberDecimal') ->> '$', @lake_integer_text(v), @lake_double_text(v),
    CASE WHEN json_type(v) = 'VARCHAR' THEN v ->> '$' END)`,

  // A number with more digits behind the point than the column has would be rounded.
  `lake_decimal(v, scale) AS
  CASE WHEN regexp_matches(@lake_decimal_text(v), '^-?[0-9]+([.][0-9]{0,' || scale || '}0*)?$') THEN @lake_decimal_text(v)
    WHEN regexp_matches(@lake_decimal_text(v), '^-?[0-9]+([.][0-9]+)?[eE][+]?[0-9]+$')
      AND NOT regexp_matches(@lake_decimal_text(v), '[.][0-9]{' || (scale + 1) || '}') THEN @lake_decimal_text(v) END`,

  `lake_iso(moment) AS
  CASE WHEN regexp_matches(moment, '^([+]0+)?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$')
    THEN TRY_CAST(regexp_replace(moment, '^[+]0+', '') AS TIMESTAMP) END`,

  `lake_timestamp(v) AS
  CASE json_type(v)
    WHEN 'VARCHAR' THEN @lake_iso(v ->> '$')
    WHEN 'OBJECT' THEN coalesce(@lake_iso(@lake_inner(v, '$date') ->> '$'),
      TRY(make_timestamp(1000 * TRY_CAST(@lake_inner(@lake_inner(v, '$date'), '$numberLong') ->> '$' AS BIGINT))))
  END`,

  `lake_date(v) AS
  CASE WHEN @lake_timestamp(v) = date_trunc('day', @lake_timestamp(v)) THEN CAST(@lake_timestamp(v) AS DATE)
    WHEN regexp_matches(v ->> '$', '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN TRY_CAST(v ->> '$' AS DATE) END`,

  `lake_binary(v) AS
  TRY(from_base64(CASE json_type(v)
    WHEN 'VARCHAR' THEN v ->> '$'
    WHEN 'OBJECT' THEN @lake_inner(v, '$binary') ->> '$.base64'
  END))`,

  `lake_uuid(v) AS
  CASE WHEN @lake_inner(v, '$binary') ->> '$.subType' = '04' AND length(@lake_inner(v, '$binary') ->> '$.base64') = 24
    THEN CAST(TRY_CAST(lower(hex(TRY(from_base64(@lake_inner(v, '$binary') ->> '$.base64')))) AS UUID) AS VARCHAR) END`,

  // Plain text, and the text of any value that is not an object or an array.
  `lake_string(v) AS
  CASE json_type(v)
    WHEN 'VARCHAR' THEN v ->> '$'
    WHEN 'BOOLEAN' THEN CAST(v AS VARCHAR)
    WHEN 'BIGINT' THEN CAST(v AS VARCHAR)
    WHEN 'UBIGINT' THEN CAST(v AS VARCHAR)
    WHEN 'DOUBLE' THEN CAST(v AS VARCHAR)
    WHEN 'OBJECT' THEN coalesce(@lake_inner(v, '$oid') ->> '$', @lake_integer_text(v), @lake_double_text(v),
      @lake_inner(v, '$numberDecimal') ->> '$', @lake_inner(v, '$symbol') ->> '$',
      strftime(@lake_timestamp(v), '%Y-%m-%dT%H:%M:%S.%gZ'), @lake_uuid(v), @lake_inner(v, '$binary') ->> '$.base64')
  END`,

  `lake_json(v) AS
  CASE WHEN json_type(v) <> 'NULL' THEN CAST(v AS VARCHAR) END`,
];
