// One text for one value of an event, however it was sent: relaxed or canonical, with or without needless escapes. What is
// compared or hashed is this text.
import { isIntegerOf } from '../extended-json/numbers.ts';
import { typeKeys } from '../extended-json/typed-value.ts';
import { canonical } from '../format/canonical.ts';
import type { Format } from '../format/format.ts';
import { writeValue } from '../format/write-value.ts';
import { byteWriter } from '../json/byte-writer.ts';
import { backslash, quote, type Span, stringAt, stringEnd } from '../json/json-text.ts';

export function oneSpelling(text: Uint8Array, value: Span): Uint8Array {
  const out = byteWriter(value.end - value.start + 64);
  writeValue(out, text, value, spelling);
  return withoutNeedlessEscapes(out.bytes());
}

/** Canonical Extended JSON, with each value in one of its spellings. */
const spelling: Format = {
  ...canonical,
  rewrites: typeKeys,
  typed: (value) => {
    if (value.type === 'int32' || value.type === 'int64') return number(value.digits);
    return value.type === 'double' ? number(value.text) : canonical.typed(value);
  },
  number,
};

/** By its value: relaxed text does not tell the type of a number, and one of several spellings of a double is as good as another. */
function number(source: string): string {
  if (isIntegerOf(source, 64)) return canonical.number(source);
  const double = Number(source);
  const digits = Number.isInteger(double) ? String(BigInt(double)) : '';
  return isIntegerOf(digits, 64) ? canonical.number(digits) : `{"$numberDouble":"${double}"}`;
}

/** `"\u00e9"` and `"é"` are one text. */
function withoutNeedlessEscapes(text: Uint8Array): Uint8Array {
  if (!text.includes(backslash)) return text;
  const out = byteWriter(text.length);
  let copied = 0;
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, copied)) {
    const end = stringEnd(text, at);
    out.copy(text, copied, at);
    out.text(JSON.stringify(stringAt(text, at, end)));
    copied = end;
  }
  out.copy(text, copied, text.length);
  return out.bytes();
}
