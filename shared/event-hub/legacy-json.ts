// Converts Extended JSON v1 in its strict mode to v2. The MongoDB Kafka connector writes v1 by default. If v1 and v2
// write a type alike, the text stays unchanged.
// https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md#legacy-extended-json
import { dollarKeyAt } from '../extended-json/read-typed-value.ts';
import { byteWriter, type TextBudget } from '../json/byte-writer.ts';
import { closeBrace, colon, comma, openBrace, quote, skipSpace } from '../json/json-bytes.ts';
import { bufferOf, memberOf, stringAt, valueStart } from '../json/json-text.ts';
import { type Steps, valuesPerStep } from '../json/steps.ts';
import { stringEnd, valueEnd } from '../json/value-end.ts';

/**
 * Decides for the whole message, because a document in a v2 message can look like v1. Every event since MongoDB 6.0 has
 * a `wallTime`, and its spelling decides. Without it, only v1 has dates as numbers, or binary data as text.
 */
export function* isLegacyJson(text: Uint8Array): Steps<boolean> {
  const start = skipSpace(text, 0);
  const wallTime = memberOf(text, start, 'wallTime');
  if (wallTime !== undefined) return legacyValueAt(text, wallTime.start)?.type === 'date';
  for (const value of legacyValues(text)) {
    if (value === stop) yield;
    else if (value.type !== 'regularExpression') return true;
  }
  return false;
}

/** The text of a v1 message as v2. */
export function* fromLegacyJson(text: Uint8Array, budget: TextBudget): Steps<Uint8Array> {
  const out = byteWriter(text.length + (text.length >> 2) + 64, budget);
  let copied = 0;
  for (const value of legacyValues(text)) {
    if (value === stop) {
      yield;
      continue;
    }
    out.copy(text, copied, value.start);
    out.text(value.text);
    copied = value.end;
  }
  out.copy(text, copied, text.length);
  return out.bytes();
}

interface LegacyValue {
  readonly type: 'date' | 'binary' | 'regularExpression';
  readonly start: number;
  readonly end: number;
  /** The same value as v2. */
  readonly text: string;
}

/** Where the work may pause. */
const stop = 'stop';

function* legacyValues(text: Uint8Array): Generator<LegacyValue | typeof stop> {
  let objects = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === quote) at = stringEnd(text, at) - 1;
    else if (text[at] === openBrace) {
      if (++objects % valuesPerStep === 0) yield stop;
      const value = legacyValueAt(text, at);
      if (value === undefined) continue;
      yield value;
      at = value.end - 1;
    }
  }
}

/** Undefined if an object only looks like a type. Then it is data, and stays unchanged. */
function legacyValueAt(text: Uint8Array, start: number): LegacyValue | undefined {
  if (text[start] !== openBrace) return undefined;
  switch (dollarKeyAt(text, start)) {
    case '$date':
      return legacyDate(text, start);
    case '$binary':
      return legacyPair(text, start, '$type', (base64, type) =>
        /^"[A-Za-z0-9+/]*={0,2}"$/.test(base64) && /^"[0-9a-f]{1,2}"$/i.test(type)
          ? {
              type: 'binary',
              text: `{"$binary":{"base64":${base64},"subType":"${type.slice(1, -1).toLowerCase().padStart(2, '0')}"}}`,
            }
          : undefined,
      );
    case '$regex':
      return legacyPair(text, start, '$options', (pattern, options) => ({
        type: 'regularExpression',
        text: `{"$regularExpression":{"pattern":${pattern},"options":${options}}}`,
      }));
    default:
      return undefined;
  }
}

const maxInt64 = 0x7fff_ffff_ffff_ffffn;

function legacyDate(text: Uint8Array, start: number): LegacyValue | undefined {
  const at = firstValue(text, start);
  // The first byte is checked first, so that nested objects are not searched again and again.
  if (text[at] === openBrace || text[at] === quote) return undefined;
  const end = valueEnd(text, at);
  const close = skipSpace(text, end);
  const digits = bufferOf(text).toString('latin1', at, Math.min(end, at + 21));
  if (text[close] !== closeBrace || !/^-?\d{1,19}$/.test(digits)) return undefined;
  const ms = BigInt(digits);
  if (ms > maxInt64 || ms < -maxInt64 - 1n) return undefined;
  return { type: 'date', start, end: close + 1, text: `{"$date":{"$numberLong":"${ms}"}}` };
}

/** An object of exactly two members, both text. */
function legacyPair(
  text: Uint8Array,
  start: number,
  secondKey: string,
  write: (first: string, second: string) => Pick<LegacyValue, 'type' | 'text'> | undefined,
): LegacyValue | undefined {
  const first = firstValue(text, start);
  if (text[first] !== quote) return undefined;
  const firstEnd = stringEnd(text, first);
  const separator = skipSpace(text, firstEnd);
  const key = skipSpace(text, separator + 1);
  if (text[separator] !== comma || text[key] !== quote) return undefined;
  const keyEnd = stringEnd(text, key);
  const middle = skipSpace(text, keyEnd);
  const second = skipSpace(text, middle + 1);
  if (text[middle] !== colon || text[second] !== quote || stringAt(text, key, keyEnd) !== secondKey) return undefined;
  const secondEnd = stringEnd(text, second);
  const close = skipSpace(text, secondEnd);
  if (text[close] !== closeBrace) return undefined;
  const buffer = bufferOf(text);
  const written = write(buffer.toString('utf8', first, firstEnd), buffer.toString('utf8', second, secondEnd));
  return written && { ...written, start, end: close + 1 };
}

function firstValue(text: Uint8Array, objectStart: number): number {
  const keyEnd = stringEnd(text, skipSpace(text, objectStart + 1));
  return valueStart(text, keyEnd);
}
