// Finds where a value ends, without building it. Expects text that `findJsonFault` accepts.
import { backslash, closeBrace, closeBracket, comma, isSpace, openBrace, openBracket, quote } from './json-bytes.ts';

/** The position after a value that begins at `at`. It needs no recursion and no memory. */
export function valueEnd(text: Uint8Array, at: number): number {
  switch (text[at]) {
    case quote:
      return stringEnd(text, at);
    case openBrace:
    case openBracket:
      return nestedEnd(text, at);
    default:
      return plainEnd(text, at);
  }
}

function nestedEnd(text: Uint8Array, at: number): number {
  let depth = 0;
  for (; at < text.length; at++) {
    switch (text[at]) {
      case quote:
        at = stringEnd(text, at) - 1;
        break;
      case openBrace:
      case openBracket:
        depth++;
        break;
      case closeBrace:
      case closeBracket:
        if (--depth === 0) return at + 1;
    }
  }
  return at;
}

/** The end of a number, `true`, `false` or `null`. */
function plainEnd(text: Uint8Array, at: number): number {
  while (at < text.length && !endsPlain(text[at])) at++;
  return at;
}

function endsPlain(byte: number | undefined): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte);
}

/** Up to this length, a loop finds the end of a string faster than a search. */
const shortString = 64;

/** The position after a string whose opening quote is at `at`. */
export function stringEnd(text: Uint8Array, at: number): number {
  const short = at + shortString;
  for (at++; text[at] !== quote; at++) {
    if (text[at] === backslash) at++;
    if (at >= short) return longStringEnd(text, at + 1);
  }
  return at + 1;
}

/** `at` is inside the string, and no backslash escapes it. */
function longStringEnd(text: Uint8Array, at: number): number {
  for (;;) {
    const end = text.indexOf(quote, at);
    if (!isEscaped(text, at, end)) return end + 1;
    at = end + 1;
    // Escaped quotes come together. A search for each of them would cost seconds in a text of many megabytes.
    for (const near = at + shortString; at < near; at++) {
      if (text[at] === quote) return at + 1;
      if (text[at] === backslash) at++;
    }
  }
}

/** Whether an odd number of backslashes is directly before `at`, not before `from`. */
function isEscaped(text: Uint8Array, from: number, at: number): boolean {
  let start = at;
  while (start > from && text[start - 1] === backslash) start--;
  return (at - start) % 2 === 1;
}
