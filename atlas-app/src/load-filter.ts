// The filter of an entry: Extended JSON, canonical or relaxed.
import { canonicalText, fieldsOf, isFields } from './event.ts';

/** Null when it cannot be read, or when a value would change. */
export function filterIn(filter: unknown): Fields | null {
  try {
    const text = canonicalText(filter);
    const parsed = exactlyParsed(text);
    return isFields(parsed) && !hasRounded(filter) && isExact(text, canonicalText(parsed)) ? parsed : null;
  } catch (_notExtendedJson) {
    return null;
  }
}

/** A query for the documents that match the filter and all other conditions. */
export function withFilter(filter: Fields | undefined, others: readonly Fields[]): Fields {
  const all = (filter === undefined ? [] : [filter]).concat(others);
  return all.length === 0 ? {} : all.length === 1 ? Object.assign({}, all[0]) : { $and: all };
}

/**
 * Without the option a parser can round large numbers. The documentation of Atlas does not say if it has the option.
 */
function exactlyParsed(text: string): unknown {
  try {
    return EJSON.parse(text, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.parse(text);
  }
}

/** A JSON parser has perhaps rounded a larger number, before it came here. */
const mostExact = 9007199254740991;

function hasRounded(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) > mostExact;
  return isFields(value) && Object.keys(value).some((key) => hasRounded(value[key]));
}

/** Another number, or a date that is not valid, would select other documents. */
function isExact(given: string, parsed: string): boolean {
  const numbers = numbersIn(JSON.parse(given));
  const parsedNumbers = numbersIn(JSON.parse(parsed));
  return (
    numbers.length === parsedNumbers.length &&
    numbers.every((number, index) => isSameNumber(number, parsedNumbers[index])) &&
    countOf(given, /"\$date":/g) === countOf(parsed, /"\$date":\{"\$numberLong":"-?\d+"\}/g)
  );
}

interface NumberText {
  readonly type: string;
  readonly text: string;
}

/** The numbers of canonical text, without dates. It has bare numbers only inside other types. */
function numbersIn(value: unknown): readonly NumberText[] {
  if (typeof value === 'number') return [{ type: '', text: String(value) }];
  if (!isFields(value)) return [];
  const numbers: NumberText[] = [];
  // Types have members in any order.
  for (const key of Object.keys(value).sort()) {
    const inner = fieldsOf(value)[key];
    if (typeof inner === 'string' && /^\$number/.test(key)) numbers.push({ type: key, text: inner });
    else if (key !== '$date') numbers.push(...numbersIn(inner));
  }
  return numbers;
}

/** A parser can give a number another type or spelling. Only a double is rounded by its type. */
function isSameNumber({ type, text }: NumberText, parsed: NumberText | undefined): boolean {
  if (parsed === undefined) return false;
  const isNumber = /\d/.test(text) && Math.abs(Number(text)) < Infinity;
  if (!isNumber) return text === parsed.text;
  return Number(text) === Number(parsed.text) && (type === '$numberDouble' || digitsOf(text) === digitsOf(parsed.text));
}

/** Without the sign, the point, the exponent and the zeros around. */
function digitsOf(text: string): string {
  return text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
}

function countOf(text: string, form: RegExp): number {
  const found = text.match(form);
  return found === null ? 0 : found.length;
}
