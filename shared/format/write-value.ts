// Copies a JSON value from the received text into a file, in one pass and without a tree. It copies text unchanged,
// drops white space between tokens, and replaces only what the format writes differently.

import { plainNumberEnd, plainNumberStart } from '../extended-json/plain-number.ts';
import { dollarKeyAt, readTypedValue } from '../extended-json/read-typed-value.ts';
import { isTypeKey, type TypeKey } from '../extended-json/typed-value.ts';
import { type ByteWriter, byteWriter } from '../json/byte-writer.ts';
import {
  bufferOf,
  closeBrace,
  isDigit,
  openBrace,
  quote,
  type Span,
  skipSpace,
  stringEnd,
  valueEnd,
} from '../json/json-text.ts';
import { allAtOnce, type Steps, valuesPerStep } from '../json/steps.ts';
import { type ScopeKeys, scopeKeys } from './code-with-scope.ts';
import type { Format } from './format.ts';

const minus = 0x2d;

export function writeValue(out: ByteWriter, source: Uint8Array, span: Span, format: Format): void {
  allAtOnce(writeValueSteps(out, source, span, format));
}

export function* writeValueSteps(
  out: ByteWriter,
  source: Uint8Array,
  { start, end }: Span,
  format: Format,
): Steps<void> {
  const text = bufferOf(source);
  let scopes: ScopeKeys = { keys: new Float64Array(), end: start };
  let nextKey = 0;
  let copied = start;
  let at = start;
  let values = 0;
  let lastNumber = '';
  let lastWritten = '';

  while (at < end) {
    if (++values % valuesPerStep === 0) yield;
    const byte = text[at] ?? 0;
    if (byte === quote) writeString();
    else if (byte === openBrace) {
      const key = dollarKeyAt(text, at);
      if (key !== undefined && isTypeKey(key) && isWrittenAsType(key)) continue;
      if (format.plainScope && (key === '$code' || key === '$scope') && at >= scopes.end) {
        scopes = yield* scopeKeys(text, at);
        nextKey = 0;
      }
      at++;
    } else if (byte === minus || isDigit(byte)) writeNumber(byte);
    else if (byte <= 0x20) replace('', skipSpace(text, at));
    else at++;
  }
  out.copy(text, copied, end);

  function writeString(): void {
    const behind = stringEnd(text, at);
    while ((scopes.keys[nextKey] ?? Number.POSITIVE_INFINITY) < at * 2) nextKey++;
    const found = scopes.keys[nextKey] ?? Number.POSITIVE_INFINITY;
    if (found > at * 2 + 1) at = behind;
    else replace(found === at * 2 ? '"code"' : '"scope"', behind);
  }

  /** Writes the object whole if it is a type, or would become one. Otherwise it is an ordinary object. */
  function isWrittenAsType(key: TypeKey): boolean {
    const numberEnd = format.bareNumbers ? plainNumberEnd(text, at, key) : -1;
    if (numberEnd >= 0) {
      replace('', plainNumberStart(at, key));
      at = numberEnd;
      replace('', numberEnd + 2);
      return true;
    }
    const typed = format.rewrites.has(key) ? readTypedValue(text, at, key) : undefined;
    if (typed !== undefined) {
      replace(format.typed(typed.value), typed.end);
      return true;
    }
    const guarded = format.guarded.has(key) ? becomesType(text, at, key, format) : undefined;
    if (guarded === undefined) return false;
    replace('', guarded.end);
    writeValue(out, text, guarded, asSent);
    return true;
  }

  function writeNumber(first: number): void {
    const behind = valueEnd(text, at);
    // Without wrapping only a negative zero changes. No other number becomes a string.
    if (first !== minus && !format.wrapsNumbers) {
      at = behind;
      return;
    }
    const number = text.toString('latin1', at, behind);
    // Lists often repeat the same number.
    if (number !== lastNumber) lastWritten = format.number(number);
    lastNumber = number;
    const written = lastWritten;
    if (written === number) at = behind;
    else replace(written, behind);
  }

  function replace(written: string, behind: number): void {
    out.copy(text, copied, at);
    if (written !== '') out.text(written);
    at = behind;
    copied = behind;
  }
}

/** The span of an object that is no type, if this format would turn it into one. */
function becomesType(text: Uint8Array, start: number, key: TypeKey, format: Format): Span | undefined {
  const end = smallObjectEnd(text, start);
  if (end === undefined) return undefined;
  const out = byteWriter(maxGuardedBytes);
  writeValue(out, text, { start, end }, { ...format, guarded: new Set() });
  return readTypedValue(out.bytes(), 0, key) && { start, end };
}

/** Longer than any type with inner numbers. */
const maxGuardedBytes = 256;

function smallObjectEnd(text: Uint8Array, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < start + maxGuardedBytes; at++) {
    if (text[at] === quote) at = stringEnd(text, at) - 1;
    else if (text[at] === openBrace) depth++;
    else if (text[at] === closeBrace && --depth === 0) return at + 1;
  }
  return undefined;
}

const asSent: Format = {
  rewrites: new Set(),
  typed: () => '',
  number: (source) => source,
  wrapsNumbers: false,
  bareNumbers: false,
  guarded: new Set(),
  plainScope: false,
};
