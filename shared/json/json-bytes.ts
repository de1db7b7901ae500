// The bytes of JSON that have a meaning.

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
export const minus = 0x2d;
export const point = 0x2e;
export const digitZero = 0x30;
export const digitNine = 0x39;
export const lineFeed = 0x0a;

export function skipSpace(text: Uint8Array, at: number): number {
  while (isSpace(text[at])) at++;
  return at;
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;
}

export function isDigit(byte: number): boolean {
  return byte >= digitZero && byte <= digitNine;
}

export function isSmallHexDigit(byte = 0): boolean {
  return isDigit(byte) || (byte >= 0x61 && byte <= 0x66);
}

/** Whether the text has the prefix at this place. */
export function begins(text: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let index = 0; index < prefix.length; index++) if (text[at + index] !== prefix[index]) return false;
  return true;
}
