// Finds the objects of a text that are a value of a BSON type. It reads other objects as little as possible.
import {
  backslash,
  closeBrace,
  comma,
  minus,
  openBrace,
  openBracket,
  point,
  quote,
  skipSpace,
} from '../json/json-bytes.ts';
import { bufferOf, parseAt, type Span, stringAt, valueStart } from '../json/json-text.ts';
import { isRecord } from '../json/record.ts';
import { stringEnd, valueEnd } from '../json/value-end.ts';
import { dollar, findPlainValue, type PlainValue } from './plain-value.ts';
import { type TypedValue, type TypeKey, typedValueOf, typeKeys } from './typed-value.ts';

const digitOne = 0x31;
const largeE = 0x45;
const smallE = 0x65;
const letterT = 0x74;

/** The first key of an object, if it begins with a dollar. Types are spelled in no other way. */
export function dollarKeyAt(text: Uint8Array, objectStart: number): string | undefined {
  const start = skipSpace(text, objectStart + 1);
  if (text[start] !== quote) return undefined;
  const second = text[start + 1];
  if (second !== dollar && second !== backslash) return undefined;
  const end = stringEnd(text, start);
  if (end - start > maxKeyBytes) return undefined;
  const key = typeKeyBetween(text, start, end) ?? stringAt(text, start, end);
  return key.startsWith('$') ? key : undefined;
}

/** A key of a type, with each letter escaped. A longer key can be megabytes. */
const maxKeyBytes = 2 + 6 * Math.max(...[...typeKeys].map(({ length }) => length));

const typeKeysByLength = Map.groupBy(typeKeys, ({ length }) => length);

/** Compares bytes: most objects that begin with a dollar are types, and strings cost more. */
function typeKeyBetween(text: Uint8Array, start: number, end: number): TypeKey | undefined {
  for (const key of typeKeysByLength.get(end - start - 2) ?? []) {
    let same = 0;
    while (same < key.length && text[start + 1 + same] === key.charCodeAt(same)) same++;
    if (same === key.length) return key;
  }
  return undefined;
}

/** The string of an object with only this member, as in the text. Undefined if the member is not a string. */
export function onlyString(text: Uint8Array, objectStart: number): (Span & { behind: number }) | undefined {
  const start = innerStart(text, objectStart);
  if (text[start] !== quote) return undefined;
  const end = stringEnd(text, start);
  const close = skipSpace(text, end);
  return text[close] === closeBrace ? { start, end, behind: close + 1 } : undefined;
}

function innerStart(text: Uint8Array, objectStart: number): number {
  return valueStart(text, stringEnd(text, skipSpace(text, objectStart + 1)));
}

/** Reads the object as the type of its first key. Undefined if it only looks like the type. */
export function readTypedValue(
  text: Uint8Array,
  start: number,
  key: TypeKey,
): (Span & { value: TypedValue }) | undefined {
  const inner = readInner(text, innerStart(text, start));
  if (inner === undefined) return undefined;
  const close = skipSpace(text, inner.end);
  if (text[close] !== closeBrace) return undefined;
  const value = typedValueOf(key, inner.value);
  return value && { start, end: close + 1, value };
}

/** The value after the key of a type, if a type can have this spelling. */
function readInner(text: Uint8Array, start: number): { end: number; value: unknown } | undefined {
  switch (text[start]) {
    case quote: {
      const end = stringEnd(text, start);
      return { end, value: stringAt(text, start, end) };
    }
    case openBrace:
      return readNumberLong(text, start) ?? readSmallObject(text, start);
    case digitOne:
    case letterT: {
      const end = valueEnd(text, start);
      // Only `1` and `true` mark a type. The length is checked first: a parsed 1.0 would be equal to 1.
      return end - start === 1 || text[start] === letterT ? { end, value: parseAt(text, { start, end }) } : undefined;
    }
    default:
      return undefined;
  }
}

/** The value of a date. Its usual spelling needs no parser. */
function readNumberLong(text: Uint8Array, start: number): { end: number; value: unknown } | undefined {
  if (typeKeyBetween(text, start + 1, start + '{"$numberLong"'.length) !== '$numberLong') return undefined;
  const found: PlainValue = { kind: 'integer', start, end: start, behind: start };
  if (!findPlainValue(text, start, found)) return undefined;
  return { end: found.behind, value: { $numberLong: bufferOf(text).toString('latin1', found.start, found.end) } };
}

/**
 * Stops at everything that no type has: a third level, a second comma, an array, or a number with other characters
 * than digits. So a look is cheap, and no parsed number is rounded.
 */
function readSmallObject(text: Uint8Array, start: number): { end: number; value: unknown } | undefined {
  let depth = 0;
  let members = 0;
  for (let at = start; at < text.length; at++) {
    switch (text[at]) {
      case quote:
        at = stringEnd(text, at) - 1;
        break;
      case openBrace:
        if (++depth > 2 || ++members > 3) return undefined;
        break;
      case comma:
        if (++members > 3) return undefined;
        break;
      case closeBrace:
        if (--depth > 0) break;
        return readMembers(text, { start, end: at + 1 }, members);
      case openBracket:
      case minus:
      case point:
      case smallE:
      case largeE:
        return undefined;
    }
  }
  return undefined;
}

/** With a repeated key the text has more members than the parsed object has keys. */
function readMembers(text: Uint8Array, span: Span, members: number): { end: number; value: unknown } | undefined {
  const value = parseAt(text, span);
  return keysIn(value) === members ? { end: span.end, value } : undefined;
}

function keysIn(value: unknown): number {
  if (!isRecord(value)) return 0;
  return Object.values(value).reduce((keys: number, inner) => keys + 1 + keysIn(inner), 0);
}
