// Writes a string of JSON again, with the escapes that JSON needs and no others: `"\u00e9"` and `"é"` become one text.
// In pieces: a string can have megabytes of escapes, and each costs far more than a byte that is copied.
import type { ByteWriter } from './byte-writer.ts';
import { backslash } from './json-bytes.ts';
import { stringAt } from './json-text.ts';
import type { Steps } from './steps.ts';

const pieceBytes = 65_536;
const letterU = 0x75;

export function isLongString(start: number, end: number): boolean {
  return end - start > pieceBytes;
}

/** From an opening quote to the byte after the closing one. */
export function* writeLongString(out: ByteWriter, text: Uint8Array, start: number, end: number): Steps<void> {
  out.text('"');
  for (let from = start + 1; from < end - 1; ) {
    const to = pieceEnd(text, from, end - 1);
    out.text(JSON.stringify(stringAt(text, from - 1, to + 1)).slice(1, -1));
    from = to;
    yield;
  }
  out.text('"');
}

/** Never cuts inside a character, an escape, or the two escapes of one character. */
function pieceEnd(text: Uint8Array, from: number, end: number): number {
  let last = from;
  for (let at = from; at < end; ) {
    if (at - from >= pieceBytes && !isContinued(text[at] ?? 0) && !isPair(text, last, at)) return at;
    last = at;
    at += text[at] === backslash ? escapeBytes(text, at) : 1;
  }
  return end;
}

function escapeBytes(text: Uint8Array, at: number): number {
  return text[at + 1] === letterU ? 6 : 2;
}

/** A byte of UTF-8 that begins no character. */
function isContinued(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function isPair(text: Uint8Array, high: number, low: number): boolean {
  return isSurrogate(text, high, '89ab') && isSurrogate(text, low, 'cdef');
}

function isSurrogate(text: Uint8Array, at: number, thirdDigits: string): boolean {
  if (text[at] !== backslash || text[at + 1] !== letterU) return false;
  const [first = 0, second = 0] = [text[at + 2], text[at + 3]].map((byte) => byte ?? 0);
  return (first | 0x20) === 0x64 && thirdDigits.includes(String.fromCharCode(second).toLowerCase());
}
