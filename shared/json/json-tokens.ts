// Passes one token of JSON and checks its grammar (RFC 8259). Each function returns the position after the token, or
// `fault`.
import { backslash, colon, isDigit, isSmallHexDigit, quote, skipSpace } from './json-bytes.ts';
import { isPlainInString, plainEnd, type Words } from './plain-bytes.ts';

export const fault = -1;

/** From a key over its colon to the value. */
export function afterKey(text: Uint8Array, at: number): number {
  if (text[at] !== quote) return fault;
  at = afterString(text, at);
  if (at === fault) return fault;
  at = skipSpace(text, at);
  return text[at] === colon ? skipSpace(text, at + 1) : fault;
}

/** With `words`, a long string takes a third of the time. */
export function afterString(text: Uint8Array, at: number, words?: Words): number {
  for (at++; ; at++) {
    const near = at + shortBytes;
    while (at < near && isPlainInString[text[at] ?? 0] === 1) at++;
    if (at === near) at = plainEnd(text, at, words);
    const byte = text[at];
    if (byte === quote) return at + 1;
    if (byte !== backslash) return fault;
    at = afterEscape(text, at + 1);
    if (at === fault) return fault;
  }
}

/** Up to this length a loop over bytes is as fast. */
const shortBytes = 16;

/** The position of the last byte of an escape. `at` is the byte after its backslash. */
function afterEscape(text: Uint8Array, at: number): number {
  switch (text[at]) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at;
    case 0x75: // u
      for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(text[at + digit] ?? 0)) return fault;
      return at + 4;
    default:
      return fault;
  }
}

export function afterPlain(text: Uint8Array, at: number): number {
  switch (text[at]) {
    case 0x74:
      return afterWord(text, at, 'true');
    case 0x66:
      return afterWord(text, at, 'false');
    case 0x6e:
      return afterWord(text, at, 'null');
    default:
      return afterNumber(text, at);
  }
}

function afterWord(text: Uint8Array, at: number, word: string): number {
  for (let letter = 0; letter < word.length; letter++) if (text[at + letter] !== word.charCodeAt(letter)) return fault;
  return at + word.length;
}

function afterNumber(text: Uint8Array, at: number): number {
  if (text[at] === 0x2d) at++; // -
  if (text[at] === 0x30) at++;
  else at = afterDigits(text, at);
  if (at !== fault && text[at] === 0x2e) at = afterDigits(text, at + 1); // .
  if (at !== fault && (text[at] === 0x65 || text[at] === 0x45)) at = afterExponent(text, at + 1);
  return at;
}

function afterExponent(text: Uint8Array, at: number): number {
  return afterDigits(text, text[at] === 0x2b || text[at] === 0x2d ? at + 1 : at);
}

/** One digit or more. */
function afterDigits(text: Uint8Array, at: number): number {
  const start = at;
  while (isDigit(text[at] ?? 0)) at++;
  return at === start ? fault : at;
}

function isHexDigit(byte: number): boolean {
  return isSmallHexDigit(byte) || (byte >= 0x41 && byte <= 0x46);
}
