// Passes the bytes that a string of JSON can have as they are, four at a time.
import { backslash, quote } from './json-bytes.ts';

/** 1 for each byte that a string can have as it is: no quote, no backslash, and no control character. */
export const isPlainInString = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte !== quote && byte !== backslash),
);

/** The memory of a text as 32-bit numbers. */
export interface Words {
  readonly numbers: Int32Array;
  /** Of the text in its memory. */
  readonly offset: number;
}

export function wordsOf({ buffer, byteOffset }: Uint8Array): Words {
  return { numbers: new Int32Array(buffer, 0, buffer.byteLength >> 2), offset: byteOffset };
}

/** The position of the first byte that is not plain. The four bytes before `at` must be plain. */
export function plainEnd(text: Uint8Array, at: number, words: Words | undefined): number {
  if (words !== undefined) {
    const { numbers, offset } = words;
    // The word can begin before `at`, where all is plain.
    let index = (at + offset) >> 2;
    while (index < numbers.length && isPlainWord(numbers[index] ?? 0)) index++;
    at = Math.max(at, index * 4 - offset);
  }
  while (isPlainInString[text[at] ?? 0] === 1) at++;
  return at;
}

/**
 * Whether all four bytes are plain, in arithmetic on all at once: a byte that is too small borrows from its high bit.
 * With its second bit turned around, a quote is the next number above the control characters.
 * https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord
 */
function isPlainWord(word: number): boolean {
  const turned = word ^ 0x02020202;
  const backslashes = word ^ 0x5c5c5c5c;
  const tooSmall = ((turned - 0x21212121) & ~turned) | ((backslashes - 0x01010101) & ~backslashes);
  return (tooSmall & 0x80808080) === 0;
}
