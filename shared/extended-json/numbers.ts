// Numbers as text. JavaScript's own numbers would round some, or give them another type.

/** `0` or digits without a leading zero, within 32 or 64 bits. */
export function isIntegerOf(text: unknown, bits: 32 | 64): text is string {
  return typeof text === 'string' && /^(?:0|-?[1-9]\d{0,18})$/.test(text) && fits(text, bits);
}

/** The text of an integer of at most 20 digits. */
function fits(digits: string, bits: 32 | 64): boolean {
  if (digits.length < 10 || (bits === 64 && digits.length < 19)) return true;
  return BigInt.asIntN(bits, BigInt(digits)) === BigInt(digits);
}

/** A JSON number that a double can hold, or one of the three values that JSON has no number for. */
export function isDouble(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  return isJsonNumber(text) ? Number.isFinite(Number(text)) : /^(?:NaN|-?Infinity)$/.test(text);
}

export function isJsonNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}

/** A whole double keeps a point. Otherwise a reader would take it for an integer. */
export function withFraction(text: string): string {
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Only a double has a negative zero: as an integer it would lose its sign. */
export function keepNegativeZero(source: string): string {
  return source === '-0' ? '-0.0' : source;
}
