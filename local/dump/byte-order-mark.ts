// Editors on Windows write a byte order mark first.
const mark = Buffer.from('\ufeff');

/** Yields the pieces of a text without the mark, also if several pieces have its bytes. */
export async function* withoutMark(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (first === undefined) {
      yield piece;
      continue;
    }
    first = Buffer.concat([first, piece]);
    if (first.length < mark.length) continue;
    yield mark.equals(first.subarray(0, mark.length)) ? first.subarray(mark.length) : first;
    first = undefined;
  }
  if (first !== undefined && first.length > 0) yield first;
}
