// Finds the end of a document or an element that is cut or not valid, by its braces alone. valueEnd() of shared/json
// expects valid text.
import {
  backslash,
  closeBrace,
  closeBracket,
  comma,
  openBrace,
  openBracket,
  quote,
} from '../../shared/json/json-bytes.ts';

/** The position after the brace that closes the one at `start`. Undefined if the document continues after `length`. */
export function bracesEnd(text: Buffer, start: number, length: number): number | undefined {
  const close = endAround(text, start + 1, length);
  return close === undefined ? undefined : close + 1;
}

/** The comma or the bracket after an element of an array. Undefined if the element continues after `length`. */
export function elementEnd(text: Buffer, start: number, length: number): number | undefined {
  return endAround(text, start, length, comma);
}

/** The brace or bracket that closes what is around `start`, or `separator` before it. */
function endAround(text: Buffer, start: number, length: number, separator?: number): number | undefined {
  let depth = 0;
  for (let at = start; at < length; at++) {
    switch (text[at]) {
      case quote:
        at = closingQuote(text, at + 1, length);
        break;
      case openBrace:
      case openBracket:
        depth++;
        break;
      case closeBrace:
      case closeBracket:
        if (depth-- === 0) return at;
        break;
      case separator:
        if (depth === 0) return at;
    }
  }
  return undefined;
}

/** At `length` or after it if the string is cut. */
function closingQuote(text: Buffer, at: number, length: number): number {
  while (at < length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}
