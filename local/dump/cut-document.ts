// Finds the end of a document that is cut or not valid, by its braces alone. valueEnd() of shared/json expects valid
// text.
import { backslash, closeBrace, closeBracket, openBrace, openBracket, quote } from '../../shared/json/json-bytes.ts';

/** Undefined if it continues after `length`. */
export function bracesEnd(text: Buffer, start: number, length: number): number | undefined {
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
        if (--depth === 0) return at + 1;
    }
  }
  return undefined;
}

/** At `length` or after it if the string is cut. */
export function closingQuote(text: Buffer, at: number, length: number): number {
  while (at < length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}
