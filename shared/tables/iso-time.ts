// Reads a time in the form of the lake from its bytes. Each row has two, and Date.parse costs more than the row.

import { colon, digitZero, point, quote } from '../json/json-bytes.ts';

const dash = 0x2d;
const letterT = 0x54;
const letterZ = 0x5a;
/** In quotes: `"2026-11-20T10:15:30.000Z"`. */
const length = 26;

/** In milliseconds. Undefined for another text. It can also be a time, but this form would change its text. */
export function isoTimeAt(line: Uint8Array, start: number, end: number): number | undefined {
  if (end - start !== length) return undefined;
  if (!hasPunctuation(line, start)) return undefined;
  const dayMs = dayAt(line, start + 1);
  const hour = numberAt(line, start + 12, 2);
  const minute = numberAt(line, start + 15, 2);
  const second = numberAt(line, start + 18, 2);
  const ms = numberAt(line, start + 21, 3);
  const isTime = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 && ms >= 0;
  return isTime && dayMs !== undefined ? dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms : undefined;
}

function hasPunctuation(line: Uint8Array, start: number): boolean {
  return (
    line[start] === quote &&
    line[start + 5] === dash &&
    line[start + 8] === dash &&
    line[start + 11] === letterT &&
    line[start + 14] === colon &&
    line[start + 17] === colon &&
    line[start + 20] === point &&
    line[start + 24] === letterZ &&
    line[start + 25] === quote
  );
}

/** A file has events of one hour, so most days repeat. */
let last: { readonly year: number; readonly month: number; readonly day: number; readonly ms: number | undefined } = {
  year: -1,
  month: -1,
  day: -1,
  ms: undefined,
};

function dayAt(line: Uint8Array, start: number): number | undefined {
  const year = numberAt(line, start, 4);
  const month = numberAt(line, start + 5, 2);
  const day = numberAt(line, start + 8, 2);
  if (year !== last.year || month !== last.month || day !== last.day)
    last = { year, month, day, ms: dayOf(year, month, day) };
  return last.ms;
}

function dayOf(year: number, month: number, day: number): number | undefined {
  if (year < 1970 || month < 1 || day < 1) return undefined;
  const ms = Date.UTC(year, month - 1, day);
  // 30 February becomes 2 March.
  const read = new Date(ms);
  return read.getUTCMonth() === month - 1 && read.getUTCDate() === day ? ms : undefined;
}

/** -1 if a byte is not a digit. */
function numberAt(line: Uint8Array, start: number, digits: number): number {
  let number = 0;
  for (let at = start; at < start + digits; at++) {
    const digit = (line[at] ?? 0) - digitZero;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
