// Holds the bytes of a file that are in work: the rest of the pieces before, and the next piece. They are in one
// buffer that is used for the whole file.

export interface SlidingText {
  /** Moves the rest to position 0, and adds the piece. */
  readonly append: (piece: Uint8Array) => void;
  /** Nobody needs the bytes before this position any more. */
  readonly drop: (before: number) => void;
  /** The text, up to `length`. A zero follows it. */
  readonly buffer: () => Buffer;
  readonly length: () => number;
}

/**
 * Checking a document that is cut stops at the zero. Without it the check would read behind the end, and the engine
 * runs code that has done so three times as slowly.
 */
const zeroBytes = 1;

export function slidingText(): SlidingText {
  let buffer = Buffer.allocUnsafeSlow(zeroBytes);
  let start = 0;
  let end = 0;

  return {
    append: (piece) => {
      buffer.copyWithin(0, start, end);
      const left = end - start;
      start = 0;
      end = left + piece.length;
      const needed = end + zeroBytes;
      // A transfer frees the smaller buffer at once. For a long document that is tens of megabytes.
      if (needed > buffer.length)
        buffer = Buffer.from(buffer.buffer.transfer(Math.max(needed, Math.ceil(buffer.length * 1.5))));
      buffer.set(piece, left);
      buffer[end] = 0;
    },
    drop: (before) => {
      start = before;
    },
    buffer: () => buffer,
    length: () => end,
  };
}
