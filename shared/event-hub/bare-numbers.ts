// `NaN`, `Infinity` and `-Infinity`. Java writes them into Extended JSON v1 without quotes. JSON has no such numbers.
import { byteWriter, type TextBudget } from '../json/byte-writer.ts';
import { quote } from '../json/json-bytes.ts';
import { type Steps, valuesPerStep } from '../json/steps.ts';

const words = ['NaN', 'Infinity', '-Infinity'] as const;
const firstBytes = new Set(words.map((word) => word.charCodeAt(0)));

/** The text with each of them as a double of Extended JSON v2. Undefined if it has none. Accepts any bytes. */
export function* withoutBareNumbers(text: Uint8Array, budget: TextBudget): Steps<Uint8Array | undefined> {
  if (bareNumbers(text).next().done === true) return undefined;
  const out = byteWriter(text.length + 1024, budget);
  let copied = 0;
  let numbers = 0;
  for (const { start, word } of bareNumbers(text)) {
    if (++numbers % valuesPerStep === 0) yield;
    out.copy(text, copied, start);
    out.text(`{"$numberDouble":"${word}"}`);
    copied = start + word.length;
  }
  out.copy(text, copied, text.length);
  return out.bytes();
}

function* bareNumbers(text: Uint8Array): Generator<{ readonly start: number; readonly word: string }> {
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if (byte === quote) at = endOfString(text, at) - 1;
    else if (firstBytes.has(byte)) {
      const word = words.find((one) => standsAt(text, at, one));
      if (word === undefined) continue;
      yield { start: at, word };
      at += word.length - 1;
    }
  }
}

/** Unlike `stringEnd`, it stops at the end of the text if a string has no end: nothing has checked this text yet. */
function endOfString(text: Uint8Array, at: number): number {
  for (at++; at < text.length && text[at] !== quote; at++) if (text[at] === 0x5c) at++;
  return at + 1;
}

function standsAt(text: Uint8Array, at: number, word: string): boolean {
  for (let letter = 0; letter < word.length; letter++) if (text[at + letter] !== word.charCodeAt(letter)) return false;
  return true;
}
