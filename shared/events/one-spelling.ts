// One text for one value of an event, however it was sent: relaxed or canonical, with or without needless escapes. What is
// compared or hashed is this text.
import { isIntegerOf } from '../extended-json/numbers.ts';
import { typeKeys } from '../extended-json/typed-value.ts';
import { canonical } from '../format/canonical.ts';
import type { Format } from '../format/format.ts';
import { writeValueSteps } from '../format/write-value.ts';
import { type ByteWriter, byteWriter, type TextBudget } from '../json/byte-writer.ts';
import { backslash, quote, type Span, stringAt, stringEnd } from '../json/json-text.ts';
import { type Steps, valuesPerStep } from '../json/steps.ts';

/** In steps; `budget` bounds the text, which can be many times the value. */
export function* oneSpelling(text: Uint8Array, value: Span, budget: TextBudget): Steps<ByteWriter> {
  const out = byteWriter(value.end - value.start + 64, budget);
  yield* writeValueSteps(out, text, value, spelling);
  return out.bytes().includes(backslash) ? yield* withoutNeedlessEscapes(out, budget) : out;
}

/** Canonical Extended JSON, with each value in one of its spellings. */
const spelling: Format = {
  ...canonical,
  rewrites: typeKeys,
  typed: (value) => {
    if (value.type === 'int32' || value.type === 'int64') return numberSpelling(value.digits);
    return value.type === 'double' ? numberSpelling(value.text) : canonical.typed(value);
  },
  number: numberSpelling,
};

/** By its value: relaxed text does not tell the type of a number, and one of several spellings of a double is as good as another. */
export function numberSpelling(source: string): string {
  if (isIntegerOf(source, 64)) return canonical.number(source);
  const double = Number(source);
  // Beyond 64 bits no integer is spelled as one: the digits of 1e308 would cost a hundred times the number itself.
  const digits = Number.isInteger(double) && Math.abs(double) < 2 ** 64 ? String(BigInt(double)) : '';
  return isIntegerOf(digits, 64) ? canonical.number(digits) : `{"$numberDouble":"${double}"}`;
}

/** `"\u00e9"` and `"é"` are one text. */
function* withoutNeedlessEscapes(from: ByteWriter, budget: TextBudget): Steps<ByteWriter> {
  const text = from.bytes();
  const out = byteWriter(text.length, budget);
  let copied = 0;
  let strings = 0;
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, copied)) {
    if (++strings % valuesPerStep === 0) yield;
    const end = stringEnd(text, at);
    out.copy(text, copied, at);
    out.text(JSON.stringify(stringAt(text, at, end)));
    copied = end;
  }
  out.copy(text, copied, text.length);
  from.free();
  return out;
}
