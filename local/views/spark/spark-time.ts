// A date of Extended JSON, or of the format `simple`, as Spark's timestamp.
import { inFourDigitYears } from '../dialect.ts';

const isoForm = "'^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$'";

/** Milliseconds of the years 1 to 9999, which Spark's own timestamps end with. */
export function sparkTimestamp(date: string): string {
  const ms = msOf(date);
  return `coalesce(CASE WHEN ${date} RLIKE ${isoForm} THEN try_cast(${date} AS TIMESTAMP) END,
    CASE WHEN ${ms} ${inFourDigitYears} THEN timestamp_millis(${ms}) END)`;
}

function msOf(date: string): string {
  return `try_cast(regexp_extract(${date}, '^[{]"[$]numberLong":"(-?[0-9]+)"[}]$', 1) AS BIGINT)`;
}
