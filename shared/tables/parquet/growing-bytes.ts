// Appends bytes to one block of memory. Pieces that are joined at the end would be in memory twice.

export interface GrowingBytes {
  /** The block. Writers may fill it from `length` on, up to the end of their reservation. */
  readonly block: () => Buffer;
  readonly length: () => number;
  readonly reserve: (bytes: number) => void;
  /** The number of written bytes. */
  readonly advanceTo: (length: number) => void;
  readonly append: (bytes: Uint8Array) => void;
  /** The appended bytes, without a copy. */
  readonly content: () => Buffer;
  /** Drops the bytes. Keeps the block unless it is larger than usual. */
  readonly clear: () => void;
}

const firstBytes = 4_096;

export function growingBytes(usualBytes: number): GrowingBytes {
  let block = Buffer.allocUnsafeSlow(firstBytes);
  let length = 0;
  return {
    block: () => block,
    length: () => length,
    reserve,
    advanceTo: (end) => {
      length = end;
    },
    append: (bytes) => {
      reserve(bytes.length);
      block.set(bytes, length);
      length += bytes.length;
    },
    content: () => block.subarray(0, length),
    clear: () => {
      length = 0;
      if (block.length > usualBytes) block = Buffer.allocUnsafeSlow(firstBytes);
    },
  };

  function reserve(bytes: number): void {
    const wanted = length + bytes;
    if (wanted <= block.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * block.length));
    block.copy(larger, 0, 0, length);
    block = larger;
  }
}
