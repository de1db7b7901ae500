// Object ids, numbers and dates in their usual spelling, such as `{"$numberInt":"42"}`, found by their bytes alone.
// Most values of a document are one of these. Strings for each of them would take longer than the rest of the work.
// Every other spelling is read as a typed value.
import { begins, closeBrace, digitZero, isDigit, isSmallHexDigit, minus, point, quote } from '../json/json-bytes.ts';
import { isDoubleSpelling } from './numbers.ts';

export interface PlainValue {
  kind: 'objectId' | 'integer' | 'double' | 'decimal' | 'date';
  /** The span of the digits, without their quotes. */
  start: number;
  end: number;
  /** The position after the object. */
  behind: number;
}

export const dollar = 0x24;

const objectId = Buffer.from('{"$oid":"');
const int32 = Buffer.from('{"$numberInt":"');
const int64 = Buffer.from('{"$numberLong":"');
const double = Buffer.from('{"$numberDouble":"');
const decimal = Buffer.from('{"$numberDecimal":"');
const date = Buffer.from('{"$date":{"$numberLong":"');

const hexDigits = 24;
/** Every integer with this number of digits fits its type, and every such date fits a double. */
const most = { int32: 9, int64: 18, double: 24, decimal: 34, date: 15 };

/** Fills in `found`. False if the object at this place is something else, or has another spelling. */
export function findPlainValue(text: Uint8Array, at: number, found: PlainValue): boolean {
  if (text[at + 1] !== quote || text[at + 2] !== dollar) return false;
  switch (text[at + 3]) {
    case 0x6f: // $oid
      return begins(text, at, objectId) && findObjectId(text, at + objectId.length, found);
    case 0x64: // $date
      return begins(text, at, date) && findInteger(text, at + date.length, most.date, found) && isDate(text, found);
    case 0x6e: // $number…
      return findNumber(text, at, found);
    default:
      return false;
  }
}

function findNumber(text: Uint8Array, at: number, found: PlainValue): boolean {
  switch (text[at + '{"$number'.length]) {
    case 0x49: // Int
      return begins(text, at, int32) && findInteger(text, at + int32.length, most.int32, found);
    case 0x4c: // Long
      return begins(text, at, int64) && findInteger(text, at + int64.length, most.int64, found);
    case 0x44: // Double, Decimal
      return begins(text, at, double)
        ? findDouble(text, at + double.length, found)
        : begins(text, at, decimal) && findDecimal(text, at + decimal.length, found);
    default:
      return false;
  }
}

function findObjectId(text: Uint8Array, start: number, found: PlainValue): boolean {
  const end = start + hexDigits;
  for (let at = start; at < end; at++) if (!isSmallHexDigit(text[at] ?? 0)) return false;
  return isFound(text, 'objectId', start, end, found);
}

/** No leading zero, and no negative zero. */
function findInteger(text: Uint8Array, start: number, mostDigits: number, found: PlainValue): boolean {
  const first = text[start] === minus ? start + 1 : start;
  const end = digitsEnd(text, first);
  const digits = end - first;
  if (digits === 0 || digits > mostDigits || (text[first] === digitZero && (digits > 1 || first > start))) return false;
  return isFound(text, 'integer', start, end, found);
}

/** A whole double needs a point before it can be copied. */
function findDouble(text: Uint8Array, start: number, found: PlainValue): boolean {
  const first = text[start] === minus ? start + 1 : start;
  const whole = digitsEnd(text, first);
  if (whole === first || text[whole] !== point || (text[first] === digitZero && whole - first > 1)) return false;
  const end = digitsEnd(text, whole + 1);
  if (end === whole + 1 || end - first > most.double || text[end] !== quote) return false;
  return isDoubleSpelling(text, start, whole, end) && isFound(text, 'double', start, end, found);
}

/** With a whole number that is not zero, or up to six digits behind the point, a decimal has no exponent. */
function findDecimal(text: Uint8Array, start: number, found: PlainValue): boolean {
  const first = text[start] === minus ? start + 1 : start;
  const whole = digitsEnd(text, first);
  const end = text[whole] === point ? digitsEnd(text, whole + 1) : whole;
  if (whole === first || end === whole + 1 || end - first > most.decimal) return false;
  if (text[first] === digitZero && (whole - first > 1 || end - whole > 7)) return false;
  return isFound(text, 'decimal', start, end, found);
}

/** Another brace closes a date behind its number. */
function isDate(text: Uint8Array, found: PlainValue): boolean {
  found.kind = 'date';
  return text[found.behind++] === closeBrace;
}

function isFound(text: Uint8Array, kind: PlainValue['kind'], start: number, end: number, found: PlainValue): boolean {
  found.kind = kind;
  found.start = start;
  found.end = end;
  found.behind = end + 2;
  return text[end] === quote && text[end + 1] === closeBrace;
}

/** An integer of a plain date. */
export function integerAt(text: Uint8Array, { start, end }: PlainValue): number {
  const isNegative = text[start] === minus;
  let value = 0;
  for (let at = isNegative ? start + 1 : start; at < end; at++) value = value * 10 + (text[at] ?? 0) - digitZero;
  return isNegative ? -value : value;
}

function digitsEnd(text: Uint8Array, at: number): number {
  while (isDigit(text[at] ?? 0)) at++;
  return at;
}
