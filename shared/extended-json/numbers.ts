// Numbers as text. JavaScript's own numbers would round some, or give them another type.
import { digitNine, digitZero, minus, point } from '../json/json-bytes.ts';
import { bufferOf } from '../json/json-text.ts';

/** `0` or digits without a leading zero, within 32 or 64 bits. */
export function isIntegerOf(text: unknown, bits: 32 | 64): text is string {
  return typeof text === 'string' && /^(?:0|-?[1-9]\d{0,18})$/.test(text) && fits(text, bits);
}

/** The text of an integer of at most 20 digits. */
function fits(digits: string, bits: 32 | 64): boolean {
  if (digits.length < 10 || (bits === 64 && digits.length < 19)) return true;
  return BigInt.asIntN(bits, BigInt(digits)) === BigInt(digits);
}

/** A JSON number that a double can hold, or one of the three values that JSON has no number for. */
export function isDouble(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  if (!isJsonNumber(text)) return /^(?:NaN|-?Infinity)$/.test(text);
  const double = Number(text);
  return Number.isFinite(double) && (double !== 0 || isZero(text));
}

/** Other texts, such as `1e-400`, are too small for a double. */
function isZero(text: string): boolean {
  return /^-?[0.]+(?:[eE]|$)/.test(text);
}

export function isJsonNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}

/** The one spelling of a double. NaN, the infinities, and numbers that no double holds stay as they are. */
export function doubleSpelling(text: string): string {
  const double = Number(text);
  return Number.isFinite(double) ? doubleText(double) : text;
}

/**
 * As drivers for JavaScript have it: all digits of a whole number up to 10^21, and a point. For others the shortest
 * digits that give the double again. Go, Java and C have other spellings.
 */
export function doubleText(double: number): string {
  if (Object.is(double, -0)) return '-0.0';
  return Number.isInteger(double) && Math.abs(double) < 1e21 ? double.toFixed(1) : String(double);
}

/** A text of no more digits is the shortest one of its double, if no zero ends it. */
const sureDigits = 15;
/** With more zeros behind the point, JavaScript writes an exponent. */
const mostZeros = 5;

/** Whether digits with a point are in that spelling, mostly without a string. */
export function isDoubleSpelling(text: Uint8Array, start: number, pointAt: number, end: number): boolean {
  const isWhole = end === pointAt + 2 && text[pointAt + 1] === digitZero;
  if (text[end - 1] === digitZero && !isWhole) return false;
  const isLong = end - start > sureDigits + 1;
  if (!isLong && (isWhole || text[pointAt - 1] !== digitZero || zerosFrom(text, pointAt + 1) <= mostZeros)) return true;
  const sent = bufferOf(text).toString('latin1', start, end);
  return doubleSpelling(sent) === sent;
}

function zerosFrom(text: Uint8Array, start: number): number {
  let at = start;
  while (text[at] === digitZero) at++;
  return at - start;
}

/** A whole double keeps a point. Otherwise a reader would take it for an integer. */
export function withFraction(text: string): string {
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/**
 * The one spelling of a bare number: integers keep their digits, all others and a negative zero are doubles. A text
 * with another value than its double stays as it is, because its sender can have read it as a decimal.
 */
export function bareSpelling(source: string): string {
  if (/^(?:0|-?[1-9]\d*)$/.test(source)) return source;
  const spelled = doubleSpelling(source);
  return spelled === source || decimalValue(spelled) === decimalValue(source) ? spelled : source;
}

/** The same text for each spelling of a decimal value. A number can have megabytes, so each part is read once. */
function decimalValue(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  let first = 0;
  while (digits[first] === '0') first++;
  let end = digits.length;
  while (end > first && digits[end - 1] === '0') end--;
  const sign = number.startsWith('-') ? '-' : '';
  if (first === end) return `${sign}0`;
  return `${sign}${digits.slice(first, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}

/** Whether a bare number is in its one spelling, mostly without a string. */
export function isBareSpelling(text: Uint8Array, start: number, end: number): boolean {
  let pointAt = end;
  for (let at = start; at < end; at++) {
    const byte = text[at] ?? 0;
    if (byte > digitNine) return false;
    if (byte === point) pointAt = at;
  }
  if (pointAt < end) return isDoubleSpelling(text, start, pointAt, end);
  return end - start !== 2 || text[start] !== minus || text[start + 1] !== digitZero;
}
