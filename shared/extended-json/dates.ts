// BSON dates: milliseconds since 1970 in 64 bits, far beyond what JavaScript's Date holds. Exact in both directions.
import { digitZero } from '../json/json-bytes.ts';

const isoForm = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?(?:Z|([+-])(\d{2}):?(\d{2}))$/;
/** The first moment with a year of more than four digits. */
export const yearTenThousandMs = 253_402_300_800_000n;
const maxDateMs = 8_640_000_000_000_000n;
/** After 400 years the calendar repeats to the day. */
const cycleMs = 12_622_780_800_000n;

/**
 * The moment of an ISO 8601 text. Undefined for a text such as 30 February, or if BSON cannot hold the moment exactly.
 */
export function msOfIso(text: string): bigint | undefined {
  const [, local, fraction = '', sign, hours = '0', minutes = '0'] = isoForm.exec(text) ?? [];
  if (local === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const localMs = Date.parse(`${local}.${fraction.padEnd(3, '0')}Z`);
  // Date.parse takes 30 February for 2 March. So a date must read back as it was written.
  if (Number.isNaN(localMs) || !new Date(localMs).toISOString().startsWith(local)) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return BigInt(sign === '-' ? localMs + offsetMs : localMs - offsetMs);
}

/**
 * Always with three fraction digits. Outside the years 0 to 9999 it has ISO 8601's sign and a year of six digits or
 * more.
 */
export function isoOfMs(ms: bigint): string {
  if (ms >= -maxDateMs && ms <= maxDateMs) return isoOfNumber(Number(ms));
  const cycles = ms / cycleMs;
  const [, year = '', rest = ''] = /^([+-]?\d+)(-.*)$/.exec(new Date(Number(ms % cycleMs)).toISOString()) ?? [];
  const fullYear = BigInt(year) + cycles * 400n;
  return `${fullYear < 0n ? '-' : '+'}${String(fullYear).replace('-', '').padStart(6, '0')}${rest}`;
}

const dayMs = 86_400_000;
const yearZeroMs = -62_167_219_200_000;
const mostDays = 4096;
/** The dates of a collection fall on few days. A `Date` for each would cost several times as much. */
const days = new Map<number, string>();
const written = Buffer.from('0000-00-00T00:00:00.000Z');

/** The same for a moment that `Date` can hold. */
export function isoOfNumber(ms: number): string {
  if (ms < yearZeroMs || ms >= Number(yearTenThousandMs)) return new Date(ms).toISOString();
  writeIso(ms, written, 0);
  return written.toString('latin1');
}

/** Writes a moment of the years 0 to 9999 into a text at `at`, up to the fraction: `2026-11-20T10:15:30.000`. */
export function writeIso(ms: number, text: Uint8Array, at: number): void {
  const day = Math.floor(ms / dayMs) | 0;
  // The engine divides such integers. Remainders of larger numbers take several times as long.
  const rest = (ms - day * dayMs) | 0;
  const seconds = (rest / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  const fraction = rest - seconds * 1000;
  const date = dayText(day);
  for (let index = 0; index < date.length; index++) text[at + index] = date.charCodeAt(index);
  writeTwoDigits((minutes / 60) | 0, text, at + 11);
  writeTwoDigits(minutes % 60, text, at + 14);
  writeTwoDigits(seconds % 60, text, at + 17);
  writeTwoDigits((fraction / 10) | 0, text, at + 20);
  text[at + 22] = digitZero + (fraction % 10);
}

function writeTwoDigits(number: number, text: Uint8Array, at: number): void {
  const tens = (number / 10) | 0;
  text[at] = digitZero + tens;
  text[at + 1] = digitZero + number - tens * 10;
}

/** Up to the `T`. */
function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size === mostDays) days.clear();
  const text = new Date(day * dayMs).toISOString().slice(0, '0000-00-00T'.length);
  days.set(day, text);
  return text;
}
