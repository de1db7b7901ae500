// Copies a JSON value from the received text into a file, in one pass and without a tree. It copies text unchanged,
// drops white space between tokens, and replaces only what the format writes differently.

import type { Marks } from '../extended-json/marks.ts';
import { plainBinaryEnd } from '../extended-json/plain-binary.ts';
import { findPlainValue } from '../extended-json/plain-value.ts';
import { dollarKeyAt, onlyString, readTypedValue } from '../extended-json/read-typed-value.ts';
import { isTypeKey, type TypeKey } from '../extended-json/typed-value.ts';
import { type ByteWriter, byteWriter } from '../json/byte-writer.ts';
import { closeBrace, isDigit, minus, openBrace, quote, skipSpace } from '../json/json-bytes.ts';
import type { Span } from '../json/json-text.ts';
import { isLongString } from '../json/needed-escapes.ts';
import { allAtOnce, type Steps, valuesPerStep } from '../json/steps.ts';
import { stringEnd } from '../json/value-end.ts';
import { scopeKeys } from './code-with-scope.ts';
import type { Format } from './format.ts';
import {
  passToMark,
  replace,
  replaceByLongString,
  type Writing,
  writeNumber,
  writePlain,
  writeString,
  writingOf,
} from './writing.ts';

/** With `marks` of the span, it looks only at these places. */
export function writeValue(out: ByteWriter, source: Uint8Array, span: Span, format: Format, marks?: Marks): void {
  const writing = writingOf(out, source, span, format, marks);
  while (writeOn(writing, Number.POSITIVE_INFINITY) !== 'ended') allAtOnce(lookForScopes(writing));
}

export function* writeValueSteps(out: ByteWriter, source: Uint8Array, span: Span, format: Format): Steps<void> {
  const writing = writingOf(out, source, span, format);
  let scopes = 0;
  for (let stop = writeOn(writing, valuesPerStep); stop !== 'ended'; stop = writeOn(writing, valuesPerStep)) {
    if (stop === 'scope') yield* lookForScopes(writing);
    // Each scope begins a new count of values, and a list can have millions of scopes.
    if (stop !== 'scope' || ++scopes % scopesPerStep === 0) yield;
  }
}

const scopesPerStep = 16;

/** Stops behind the brace of an object that can be code with a scope. */
function writeOn(writing: Writing, mostValues: number): 'ended' | 'paused' | 'scope' {
  const { text, end, format } = writing;
  let values = 0;
  while (writing.at < end) {
    if (++values > mostValues) return 'paused';
    const isKnown = writing.marked !== undefined && passToMark(writing, writing.marked);
    const { at } = writing;
    if (at === end) break;
    const byte = text[at] ?? 0;
    if (byte === quote) writeString(writing);
    else if (byte === openBrace) {
      if (format.plain !== undefined && (isKnown || findPlainValue(text, at, writing.plain))) {
        writePlain(writing, format.plain);
        continue;
      }
      const key = dollarKeyAt(text, at);
      if (key !== undefined && isTypeKey(key) && isWrittenAsType(writing, key)) continue;
      writing.at = at + 1;
      if (format.plainScope && (key === '$code' || key === '$scope') && at >= writing.scopes.end) return 'scope';
    } else if (byte === minus || isDigit(byte)) writeNumber(writing);
    else if (byte <= 0x20) replace(writing, '', skipSpace(text, at));
    else writing.at = at + 1;
  }
  writing.out.copy(text, writing.copied, end);
  return 'ended';
}

function* lookForScopes(writing: Writing): Steps<void> {
  writing.scopes = yield* scopeKeys(writing.text, writing.at - 1);
  writing.nextScopeKey = 0;
}

/** Writes the object whole if it is a type, or would become one. Otherwise it is an ordinary object. */
function isWrittenAsType(writing: Writing, key: TypeKey): boolean {
  const { out, text, at, format } = writing;
  const string = format.strings.has(key) ? onlyString(text, at) : undefined;
  if (string !== undefined && isLongString(string.start, string.end)) {
    replaceByLongString(writing, string, string.behind);
    return true;
  }
  const binaryEnd = key === '$binary' && format.plain?.binary === 'copied' ? plainBinaryEnd(text, at) : undefined;
  if (binaryEnd !== undefined) {
    writing.at = binaryEnd;
    return true;
  }
  const typed = format.rewrites.has(key) ? readTypedValue(text, at, key) : undefined;
  if (typed !== undefined) {
    replace(writing, format.typed(typed.value), typed.end);
    return true;
  }
  const guarded = format.guarded.has(key) ? becomesType(text, at, key, format) : undefined;
  if (guarded === undefined) return false;
  replace(writing, '', guarded.end);
  writeValue(out, text, guarded, asSent);
  return true;
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
  plain: undefined,
  strings: new Set(),
  guarded: new Set(),
  plainScope: false,
};
