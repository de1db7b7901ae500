// Values of DuckDB → what JSON and CSV hold of them, with nothing rounded.
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { isoOfMs } from '../../shared/extended-json/dates.ts';

export type PlainValue =
  | null
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

const largestExact = BigInt(Number.MAX_SAFE_INTEGER);

export function plainValue(value: DuckDBValue): PlainValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return plainInteger(value);
  if (value instanceof DuckDBDecimalValue) return value.toString();
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  const micros = microsOf(value);
  if (micros !== undefined) return isoOfMicros(micros);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(plainValue);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, inner]) => [name, plainValue(inner)]));
  if (value instanceof DuckDBMapValue)
    return Object.fromEntries(
      value.entries.map(({ key, value: inner }) => [textOf(plainValue(key)), plainValue(inner)]),
    );
  if (value instanceof DuckDBUnionValue) return plainValue(value.value);
  return String(value);
}

/** The text for CSV and tables. The caller handles null. */
export function textOf(value: PlainValue): string {
  return typeof value === 'object' ? jsonOf(value) : typeof value === 'number' ? numberText(value) : String(value);
}

export function jsonOf(value: PlainValue): string {
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}:${jsonOf(inner)}`)
    .join()}}`;
}

/** JSON.stringify would lose the sign of a negative zero. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function plainInteger(value: bigint): PlainValue {
  return value > largestExact || value < -largestExact ? String(value) : Number(value);
}

function microsOf(value: DuckDBValue): bigint | string | undefined {
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.isFinite ? value.nanos / 1000n : String(value);
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.isFinite ? value.millis * 1000n : String(value);
  if (value instanceof DuckDBTimestampSecondsValue) return value.isFinite ? value.seconds * 1_000_000n : String(value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return value.isFinite ? value.micros : String(value);
  return undefined;
}

/** Three digits of a second, or six if three are not exact. A value without a moment, such as `infinity`, is text. */
function isoOfMicros(micros: bigint | string): string {
  if (typeof micros === 'string') return micros;
  const fraction = ((micros % 1000n) + 1000n) % 1000n;
  const iso = isoOfMs((micros - fraction) / 1000n);
  return fraction === 0n ? iso : iso.replace('Z', `${String(fraction).padStart(3, '0')}Z`);
}
