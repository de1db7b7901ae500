// The order of BSON values across all types, as in indexes and sorts. A collation changes the order of strings.
// https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
import { Binary, Decimal128, Double, EJSON, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

const ranks = [
  (value: unknown) => value instanceof MinKey,
  (value: unknown) => value === undefined || value === null,
  isNumber,
  (value: unknown) => typeof value === 'string',
  (value: unknown) => isPlainObject(value),
  Array.isArray,
  (value: unknown) => value instanceof Binary || value instanceof Uint8Array,
  (value: unknown) => value instanceof ObjectId,
  (value: unknown) => typeof value === 'boolean',
  isDate,
  (value: unknown) => value instanceof Timestamp,
  (value: unknown) => value instanceof MaxKey,
];

/** Types of one rank compare by value. */
export function rankOf(value: unknown): number {
  const rank = ranks.findIndex((isOfRank) => isOfRank(value));
  if (rank < 0) throw new Error('unknown to this query language: a BSON type');
  return rank;
}

export type CompareText = (one: string, other: string) => number;

/** The order without a collation. */
export const compareUtf8: CompareText = (one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other));

export function compareBson(one: unknown, other: unknown, compareText = compareUtf8): number {
  const rank = rankOf(one);
  return rank - rankOf(other) || compareWithinRank(one, other, compareText);
}

function compareWithinRank(one: unknown, other: unknown, compareText: CompareText): number {
  if (isNumber(one) && isNumber(other)) return compareNumbers(one, other);
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other);
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other);
  if (isDate(one) && isDate(other)) return Number(one) - Number(other);
  if (one instanceof ObjectId && other instanceof ObjectId) return Buffer.compare(one.id, other.id);
  if (one instanceof Timestamp && other instanceof Timestamp) return one.t - other.t || one.i - other.i;
  if (Array.isArray(one) && Array.isArray(other)) return compareLists(one, other, compareText);
  if (isPlainObject(one) && isPlainObject(other))
    return compareLists(Object.entries(one).flatMap(memberOf), Object.entries(other).flatMap(memberOf), compareText);
  if (one instanceof Binary && other instanceof Binary)
    return one.position - other.position || one.sub_type - other.sub_type || Buffer.compare(one.value(), other.value());
  return 0;
}

/** Objects compare by their members, in order: first the type, then the name, then the value. */
function memberOf([name, value]: [string, unknown]): unknown[] {
  return [rankOf(value), name, value];
}

function compareLists(one: readonly unknown[], other: readonly unknown[], compareText: CompareText): number {
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    const order = compareBson(one[index], other[index], compareText);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

type BsonNumber = number | Int32 | Double | Long | Decimal128;

function compareNumbers(one: BsonNumber, other: BsonNumber): number {
  if (one instanceof Long && other instanceof Long) return one.compare(other);
  const [first, second] = [numberOf(one), numberOf(other)];
  // NaN comes before all other numbers.
  if (Number.isNaN(first) || Number.isNaN(second)) return Number(Number.isNaN(second)) - Number(Number.isNaN(first));
  return first < second ? -1 : Number(first > second);
}

function numberOf(value: BsonNumber): number {
  return value instanceof Decimal128 ? Number(value.toString()) : Number(value);
}

function isNumber(value: unknown): value is BsonNumber {
  const isWrapped = value instanceof Int32 || value instanceof Double || value instanceof Decimal128;
  return typeof value === 'number' || isWrapped || (value instanceof Long && !(value instanceof Timestamp));
}

/** Works across scopes: a function's scope has its own Date and Object. */
function isDate(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Date]';
}

/** A value of BSON inherits `_bsontype`. A document can have a field of that name. */
function isPlainObject(value: unknown): value is object {
  const fields = Object(value);
  const isValue = '_bsontype' in fields && !Object.hasOwn(fields, '_bsontype');
  return Object.prototype.toString.call(value) === '[object Object]' && !isValue;
}

/** Returns one text for all values that are the same key for the server, such as 1 and 1.0. */
export function keyOfBson(value: unknown): string {
  if (isNumber(value) && !(value instanceof Long)) return `number ${numberOf(value)}`;
  if (value instanceof Long && !(value instanceof Timestamp)) return `number ${value}`;
  return EJSON.stringify({ value: value ?? null }, { relaxed: false });
}
