// Finds numbers in their usual spelling, such as `{"$numberInt":"42"}`, by their bytes. Most values of a document are
// numbers, and making strings would take most of the time. read-typed-value.ts reads every other spelling.
import { closeBrace, colon, quote } from '../json/json-text.ts';
import type { TypeKey } from './typed-value.ts';

const minus = 0x2d;
const point = 0x2e;
const digitZero = 0x30;
const digitNine = 0x39;

/** Every integer with this number of digits fits its type. */
const maxDigits: Readonly<Partial<Record<TypeKey, number>>> = { $numberInt: 9, $numberLong: 18, $numberDouble: 30 };

/** The start of the number in an object that begins at `at`. */
export function plainNumberStart(at: number, key: TypeKey): number {
  return at + '{"":"'.length + key.length;
}

/** The end of the number, two bytes before the end of its object. -1 if it is no number, or has another spelling. */
export function plainNumberEnd(text: Uint8Array, at: number, key: TypeKey): number {
  const most = maxDigits[key];
  const start = plainNumberStart(at, key);
  if (most === undefined || text[at + 1] !== quote || text[start - 3] !== quote) return -1;
  if (text[start - 2] !== colon || text[start - 1] !== quote) return -1;
  const first = text[start] === minus ? start + 1 : start;
  const whole = digitsEnd(text, first);
  const isWhole = key !== '$numberDouble';
  const end = isWhole ? whole : fractionEnd(text, whole);
  const hasLeadingZero = text[first] === digitZero && (whole - first > 1 || (isWhole && first > start));
  if (whole === first || end < 0 || end - first > most || hasLeadingZero) return -1;
  return text[end] === quote && text[end + 1] === closeBrace ? end : -1;
}

/** Starts at the decimal point. */
function fractionEnd(text: Uint8Array, at: number): number {
  if (text[at] !== point) return -1;
  const end = digitsEnd(text, at + 1);
  return end === at + 1 ? -1 : end;
}

function digitsEnd(text: Uint8Array, at: number): number {
  for (let byte = text[at] ?? 0; byte >= digitZero && byte <= digitNine; byte = text[at] ?? 0) at++;
  return at;
}
