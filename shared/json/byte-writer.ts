// Text that grows: a file's line is written once, from pieces, without joining strings.

export interface ByteWriter {
  readonly text: (piece: string) => void;
  readonly copy: (source: Uint8Array, start: number, end: number) => void;
  /** What was written. The writer is done with. */
  readonly bytes: () => Uint8Array;
}

export function byteWriter(expectedBytes: number): ByteWriter {
  let buffer = Buffer.allocUnsafe(expectedBytes);
  let length = 0;

  function makeRoom(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(length + bytes, Math.ceil(buffer.length * 1.5)));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  }

  return {
    text: (piece) => {
      // UTF-8 takes at most three bytes for one UTF-16 unit: counting them exactly pays only where a piece is long.
      makeRoom(piece.length < 1024 ? piece.length * 3 : Buffer.byteLength(piece));
      length += buffer.write(piece, length);
    },
    copy: (source, start, end) => {
      makeRoom(end - start);
      buffer.set(source.subarray(start, end), length);
      length += end - start;
    },
    bytes: () => buffer.subarray(0, length),
  };
}
