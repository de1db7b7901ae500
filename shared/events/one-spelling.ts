// Gives equal values the same text: relaxed or canonical, with or without needless escapes. Compare or hash this text.
import { isIntegerOf } from '../extended-json/numbers.ts';
import { dollarKeyAt, readTypedValue } from '../extended-json/read-typed-value.ts';
import { isTypeKey } from '../extended-json/typed-value.ts';
import { canonical } from '../format/canonical.ts';
import type { Format } from '../format/format.ts';
import { writeValueSteps } from '../format/write-value.ts';
import { type ByteWriter, byteWriter, type TextBudget } from '../json/byte-writer.ts';
import { backslash, quote } from '../json/json-bytes.ts';
import { type Span, stringAt } from '../json/json-text.ts';
import { isLongString, writeLongString } from '../json/needed-escapes.ts';
import { type Steps, valuesPerStep } from '../json/steps.ts';
import { stringEnd } from '../json/value-end.ts';

/** In steps. `budget` limits the text, because it can be many times longer than the value. */
export function* oneSpelling(text: Uint8Array, value: Span, budget: TextBudget): Steps<ByteWriter> {
  const out = byteWriter(value.end - value.start + 64, budget);
  yield* writeValueSteps(out, text, value, spelling);
  return out.bytes().includes(backslash) ? yield* withoutNeedlessEscapes(out, budget) : out;
}

/** Canonical Extended JSON, with a single spelling for each value. */
const spelling: Format = {
  ...canonical,
  plain: undefined,
  typed: (value) => {
    if (value.type === 'int32' || value.type === 'int64') return numberSpelling(value.digits);
    return value.type === 'double' ? numberSpelling(value.text) : canonical.typed(value);
  },
  number: numberSpelling,
};

/** The same text for a value that is sent with its type. Undefined if it is another object, or its text has escapes. */
export function spellingOfType(text: Uint8Array, value: Span): string | undefined {
  const key = dollarKeyAt(text, value.start);
  const typed = key !== undefined && isTypeKey(key) ? readTypedValue(text, value.start, key) : undefined;
  const spelled = typed?.end === value.end ? spelling.typed(typed.value) : undefined;
  return spelled?.includes('\\') ? undefined : spelled;
}

/** Spells a number by its value: relaxed text does not contain the type, and a double has several spellings. */
export function numberSpelling(source: string): string {
  if (isIntegerOf(source, 64)) return canonical.number(source);
  const double = Number(source);
  // Integers beyond 64 bits stay doubles: all digits of 1e308 would be a hundred times longer than the number.
  const digits = Number.isInteger(double) && Math.abs(double) < 2 ** 64 ? String(BigInt(double)) : '';
  return isIntegerOf(digits, 64) ? canonical.number(digits) : `{"$numberDouble":"${double}"}`;
}

/** Makes `"\u00e9"` and `"é"` equal. */
function* withoutNeedlessEscapes(from: ByteWriter, budget: TextBudget): Steps<ByteWriter> {
  const text = from.bytes();
  const out = byteWriter(text.length, budget);
  let copied = 0;
  let strings = 0;
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, copied)) {
    if (++strings % valuesPerStep === 0) yield;
    const end = stringEnd(text, at);
    out.copy(text, copied, at);
    if (isLongString(at, end)) yield* writeLongString(out, text, at, end);
    else out.text(JSON.stringify(stringAt(text, at, end)));
    copied = end;
  }
  out.copy(text, copied, text.length);
  from.free();
  return out;
}
