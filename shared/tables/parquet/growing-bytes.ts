// Bytes that are appended one after the other. One block of memory holds them: pieces that are joined at the end would be
// held twice.

export interface GrowingBytes {
  /** The block: writers may fill it from `length` on, as far as they have reserved it. */
  readonly block: () => Buffer;
  readonly length: () => number;
  readonly reserve: (bytes: number) => void;
  /** So much has been written. */
  readonly advanceTo: (length: number) => void;
  readonly append: (bytes: Uint8Array) => void;
  /** What was appended, without a copy. */
  readonly content: () => Buffer;
  /** Begins again. Keeps the block if it is not larger than usual. */
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
