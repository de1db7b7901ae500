// A binary in its usual spelling, `{"$binary":{"base64":"…","subType":"00"}}`, found by its bytes. It can have
// megabytes, so it must not be copied to be read.
import { backslash, begins, closeBrace, isSmallHexDigit, quote } from '../json/json-bytes.ts';
import { stringEnd } from '../json/value-end.ts';

const before = Buffer.from('{"$binary":{"base64":"');
const between = Buffer.from(',"subType":"');
const equals = 0x3d;

/** Digits of base64 in front of one and of two "=", whose last bits are zero, as each encoder writes them. */
const lastDigits = [new Set(Buffer.from('AEIMQUYcgkosw048')), new Set(Buffer.from('AQgw'))] as const;

/**
 * The position after it. Undefined for every other spelling, such as Gson's `\u003d` for `=`. It does not check the
 * digits: they are copied as they are.
 */
export function plainBinaryEnd(text: Uint8Array, at: number): number | undefined {
  if (!begins(text, at, before)) return undefined;
  const start = at + before.length;
  const end = stringEnd(text, start - 1);
  const subType = end + between.length;
  const isPlain =
    begins(text, end, between) &&
    isSmallHexDigit(text[subType]) &&
    isSmallHexDigit(text[subType + 1]) &&
    text[subType + 2] === quote &&
    text[subType + 3] === closeBrace &&
    text[subType + 4] === closeBrace &&
    hasOnlyWholeBytes(text, end - 1) &&
    !text.subarray(start, end).includes(backslash);
  return isPlain ? subType + 5 : undefined;
}

function hasOnlyWholeBytes(text: Uint8Array, end: number): boolean {
  if (text[end - 1] !== equals) return true;
  const isOne = text[end - 2] !== equals;
  return lastDigits[isOne ? 0 : 1].has(text[end - (isOne ? 2 : 3)] ?? 0);
}
