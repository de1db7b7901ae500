// The part of MongoDB's query language that the functions use. Everything else throws, so that no query gets another
// meaning.
import { type CompareText, compareBson, compareUtf8, rankOf } from './bson-order.ts';

export type Fields = Record<string, unknown>;

/** A collation counts for `$expr`, `$eq` and a sort. Of the other operators the functions use none with text. */
export function isMatch(document: Fields, query: Fields, compareText = compareUtf8): boolean {
  return Object.entries(query).every(([field, wanted]) => {
    if (field === '$and') return Array.isArray(wanted) && wanted.every((one) => isMatch(document, one, compareText));
    if (field === '$expr') return isExpressionTrue(document, wanted, compareText);
    return isWanted(valueAt(document, field), wanted, compareText);
  });
}

/** Knows one expression only: `{ $gt: ['$field', { $literal: value }] }`. It compares across BSON types. */
function isExpressionTrue(document: Fields, expression: unknown, compareText: CompareText): boolean {
  const { $gt: operands, ...others } = Object(expression);
  const [path, literal, ...rest] = Array.isArray(operands) ? operands : [];
  const isKnown =
    Object.keys(others).length === 0 && rest.length === 0 && typeof path === 'string' && path.startsWith('$');
  if (!isKnown || Object.keys(Object(literal)).join() !== '$literal') throw new Error('unknown expression');
  return compareBson(document[plain(path.slice(1))], Object(literal).$literal, compareText) > 0;
}

function isWanted(value: unknown, wanted: unknown, compareText: CompareText): boolean {
  const conditions = operatorsOf(wanted);
  if (conditions === undefined) return isEqual(value, wanted);
  return conditions.every(([operator, operand]) => {
    switch (operator) {
      case '$in':
        return elementsOf(value).some(
          (element) => Array.isArray(operand) && operand.some((one) => isEqual(element, one)),
        );
      case '$lt':
        return (compare(value, operand) ?? 1) < 0;
      case '$lte':
        return (compare(value, operand) ?? 1) <= 0;
      case '$gt':
        return (compare(value, operand) ?? -1) > 0;
      case '$gte':
        return (compare(value, operand) ?? -1) >= 0;
      case '$exists':
        return (value !== undefined) === operand;
      case '$eq':
        return isEqual(value, operand, compareText);
      case '$ne':
        return !isEqual(value, operand);
      default:
        throw new Error(`unknown operator: ${operator}`);
    }
  });
}

export function operatorsOf(wanted: unknown): [string, unknown][] | undefined {
  if (typeof wanted !== 'object' || wanted === null || rankOf(wanted) !== rankOf({})) return undefined;
  const entries = Object.entries(wanted);
  return entries.length > 0 && entries.every(([name]) => name.startsWith('$')) ? entries : undefined;
}

/** MongoDB compares each element of an array. */
function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Refuses arrays: MongoDB would compare each element here too. */
function isEqual(value: unknown, wanted: unknown, compareText = compareUtf8): boolean {
  if (Array.isArray(value)) throw new Error('unknown to this query language: an array');
  return compareBson(value, wanted, compareText) === 0;
}

/** Undefined if the types differ: a query compares values of one BSON type only. */
function compare(one: unknown, other: unknown): number | undefined {
  return rankOf(one) === rankOf(other) ? compareBson(one, other) : undefined;
}

export function sortedBy(documents: Fields[], sort: Fields, compareText = compareUtf8): Fields[] {
  const fields = Object.entries(sort);
  return documents.toSorted((one, other) => {
    for (const [field, direction] of fields) {
      const order = compareBson(one[plain(field)], other[field], compareText);
      if (order !== 0) return order * Number(direction);
    }
    return 0;
  });
}

export function projected(document: Fields, projection: Fields = {}): Fields {
  const named = Object.keys(projection).filter((field) => plain(field) !== '_id');
  if (named.length === 0 && projection['_id'] !== 1) return document;
  const isExclusive = named.some((field) => projection[field] === 0);
  if (isExclusive && named.some((field) => projection[field] !== 0))
    throw new Error('a projection cannot both include and exclude');
  return Object.fromEntries(
    Object.entries(document).filter(([field]) =>
      field === '_id' ? projection[field] !== 0 : named.includes(field) !== isExclusive,
    ),
  );
}

export function applyUpdate(document: Fields, update: Fields, isInsert = false): Fields {
  const updated = { ...document };
  for (const [operator, fields] of Object.entries(update)) {
    if (!['$set', '$setOnInsert', '$unset', '$inc'].includes(operator))
      throw new Error(`unknown update operator: ${operator}`);
    for (const [field, value] of Object.entries(fields ?? {})) {
      if (plain(field) === '_id') throw new Error('the immutable field _id must not be updated');
      if (operator === '$unset') delete updated[field];
      if (operator === '$set' || (operator === '$setOnInsert' && isInsert)) updated[field] = value;
      if (operator === '$inc') updated[field] = increased(updated[field] ?? 0, value);
    }
  }
  return updated;
}

function increased(value: unknown, by: unknown): number {
  const sum = Number(value) + Number(by);
  if (Number.isNaN(sum)) throw new Error('$inc needs numbers');
  return sum;
}

/** A path goes through objects only: the functions have no path through an array. */
function valueAt(document: Fields, path: string): unknown {
  if (path.startsWith('$')) throw new Error(`unknown to this query language: ${path}`);
  return path.split('.').reduce((value: unknown, name) => {
    if (Array.isArray(value)) throw new Error('unknown to this query language: a path through an array');
    return Object(value)[name];
  }, document);
}

function plain(field: string): string {
  if (field.includes('.') || field.startsWith('$')) throw new Error(`unknown to this query language: ${field}`);
  return field;
}
