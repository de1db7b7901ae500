// The value after the one key of an Extended JSON v2 type, in canonical and relaxed spelling. A look-alike (`{"$oid":
// 5}`, `{"$date": "soon"}`) is no type, and stays unchanged.
// https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
import { Decimal128 } from 'bson';
import { isRecord } from '../json/record.ts';
import { msOfIso } from './dates.ts';
import { doubleSpelling, isDouble, isIntegerOf } from './numbers.ts';

export type TypedValue =
  | { readonly type: 'objectId'; readonly hex: string }
  | { readonly type: 'int32'; readonly digits: string }
  | { readonly type: 'int64'; readonly digits: string }
  /** A JSON number, or `NaN`, `Infinity`, `-Infinity`. JSON has no number for these. */
  | { readonly type: 'double'; readonly text: string }
  | { readonly type: 'decimal128'; readonly text: string }
  | { readonly type: 'date'; readonly ms: bigint }
  | { readonly type: 'binary'; readonly base64: string; readonly subType: string }
  | { readonly type: 'timestamp'; readonly seconds: number; readonly increment: number }
  | { readonly type: 'regularExpression'; readonly pattern: string; readonly options: string }
  | { readonly type: 'code'; readonly code: string }
  | { readonly type: 'symbol'; readonly text: string }
  | { readonly type: 'dbPointer'; readonly collection: string; readonly id: string }
  | { readonly type: 'undefined' }
  | { readonly type: 'minKey' }
  | { readonly type: 'maxKey' };

type Read = TypedValue | undefined;

const readers = {
  $oid: (oid: unknown): Read => (isObjectId(oid) ? { type: 'objectId', hex: oid.toLowerCase() } : undefined),
  $numberInt: (digits: unknown): Read => (isIntegerOf(digits, 32) ? { type: 'int32', digits } : undefined),
  $numberLong: (digits: unknown): Read => (isIntegerOf(digits, 64) ? { type: 'int64', digits } : undefined),
  $numberDouble: (text: unknown): Read => (isDouble(text) ? { type: 'double', text: doubleSpelling(text) } : undefined),
  $numberDecimal: (sent: unknown): Read => {
    const text = decimalSpelling(sent);
    return text === undefined ? undefined : { type: 'decimal128', text };
  },
  $date: (date: unknown): Read => {
    const ms = readDate(date);
    return ms === undefined ? undefined : { type: 'date', ms };
  },
  $uuid: (uuid: unknown): Read =>
    isUuid(uuid)
      ? { type: 'binary', base64: Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64'), subType: '04' }
      : undefined,
  $binary: (binary: unknown): Read => {
    if (!isRecord(binary) || !hasOnly(binary, 'base64', 'subType')) return undefined;
    const { base64, subType } = binary;
    if (!isBase64(base64) || typeof subType !== 'string' || !/^[0-9a-f]{1,2}$/i.test(subType)) return undefined;
    return { type: 'binary', base64: base64Spelling(base64), subType: subType.toLowerCase().padStart(2, '0') };
  },
  $timestamp: (timestamp: unknown): Read => {
    if (!isRecord(timestamp) || !hasOnly(timestamp, 't', 'i')) return undefined;
    const { t, i } = timestamp;
    return isUint32(t) && isUint32(i) ? { type: 'timestamp', seconds: t, increment: i } : undefined;
  },
  $regularExpression: (expression: unknown): Read => {
    if (!isRecord(expression) || !hasOnly(expression, 'pattern', 'options')) return undefined;
    const { pattern, options } = expression;
    if (typeof pattern !== 'string' || typeof options !== 'string') return undefined;
    return { type: 'regularExpression', pattern, options: [...options].sort().join('') };
  },
  $code: (code: unknown): Read => (typeof code === 'string' ? { type: 'code', code } : undefined),
  $symbol: (text: unknown): Read => (typeof text === 'string' ? { type: 'symbol', text } : undefined),
  $dbPointer: (pointer: unknown): Read => {
    if (!isRecord(pointer) || !hasOnly(pointer, '$ref', '$id')) return undefined;
    const { $ref: collection, $id: id } = pointer;
    if (typeof collection !== 'string' || !isRecord(id) || !hasOnly(id, '$oid') || !isObjectId(id['$oid']))
      return undefined;
    return { type: 'dbPointer', collection, id: id['$oid'].toLowerCase() };
  },
  $undefined: (mark: unknown): Read => (mark === true ? { type: 'undefined' } : undefined),
  $minKey: (mark: unknown): Read => (mark === 1 ? { type: 'minKey' } : undefined),
  $maxKey: (mark: unknown): Read => (mark === 1 ? { type: 'maxKey' } : undefined),
};

export type TypeKey = keyof typeof readers;

export const isTypeKey = (key: string): key is TypeKey => Object.hasOwn(readers, key);

export const typeKeys: ReadonlySet<TypeKey> = new Set(Object.keys(readers).filter(isTypeKey));

/** The value of `{[key]: inner}`. Undefined if it only looks like a type. */
export function typedValueOf(key: TypeKey, inner: unknown): TypedValue | undefined {
  return readers[key](inner);
}

/** A `$date`: ISO 8601 text as relaxed Extended JSON has it, or milliseconds in a `$numberLong`. */
export function readDate(date: unknown): bigint | undefined {
  if (typeof date === 'string') return msOfIso(date);
  if (!isRecord(date) || !hasOnly(date, '$numberLong')) return undefined;
  const digits = date['$numberLong'];
  return isIntegerOf(digits, 64) ? BigInt(digits) : undefined;
}

function hasOnly(object: Readonly<Record<string, unknown>>, ...keys: string[]): boolean {
  return Object.keys(object).length === keys.length && keys.every((key) => Object.hasOwn(object, key));
}

function isObjectId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value);
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

function decimalSpelling(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 10_000) return undefined;
  try {
    return Decimal128.fromString(value).toString();
  } catch {
    // bson throws this if a text is no exact Decimal128.
    return undefined;
  }
}

/** The last digit before "=" has bits that belong to no byte. */
function base64Spelling(text: string): string {
  return text.endsWith('=') ? text.slice(0, -4) + Buffer.from(text.slice(-4), 'base64').toString('base64') : text;
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

/** The type of a number that was sent as bare digits. */
function isUint32(value: unknown): value is number {
  return typeof value === 'number' && value <= 0xffff_ffff;
}
