// Text that grows. It writes a file's line once, from pieces, without joining strings.

export interface ByteWriter {
  readonly text: (piece: string) => void;
  readonly copy: (source: Uint8Array, start: number, end: number) => void;
  /** What was written. The writer is done with. */
  readonly bytes: () => Uint8Array;
  /** Gives its bytes back to the budget, once nobody needs them any more. */
  readonly free: () => void;
}

/** The limit of written text. A few bytes of an event can become many, such as numbers that get their types. */
export interface TextBudget {
  /** False where so many bytes more are too many. */
  readonly take: (bytes: number) => boolean;
  readonly give: (bytes: number) => void;
}

/** A temporary budget. Disposing it returns everything that was taken. */
export interface TextRoom extends TextBudget, Disposable {
  /** Its owner alone made more text than it may: there must be less of it at once. */
  readonly isPassed: () => boolean;
}

export class TextTooLarge extends Error {
  override readonly name = 'TextTooLarge';
  constructor() {
    super('Cannot write text: it must fit into the memory for it: it is larger');
  }
}

export const unlimited: TextBudget = { take: () => true, give: () => undefined };

const shortBytes = 48;

export function byteWriter(expectedBytes: number, budget = unlimited): ByteWriter {
  let buffer = allocated(expectedBytes);
  let length = 0;

  function allocated(bytes: number): Buffer<ArrayBuffer> {
    if (!budget.take(bytes)) throw new TextTooLarge();
    return Buffer.allocUnsafe(bytes);
  }

  function makeRoom(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    // Both are held while one is copied.
    const larger = allocated(Math.max(length + bytes, Math.ceil(buffer.length * 1.5)));
    larger.set(buffer.subarray(0, length));
    budget.give(buffer.length);
    buffer = larger;
  }

  /** False where a character is not ASCII: then nothing counts as written. */
  function writeAscii(piece: string): boolean {
    makeRoom(piece.length);
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (code > 0x7f) return false;
      buffer[length + at] = code;
    }
    length += piece.length;
    return true;
  }

  return {
    text: (piece) => {
      if (piece.length <= shortBytes && writeAscii(piece)) return;
      // UTF-8 takes at most three bytes for one UTF-16 unit. An exact count is worth it only for a long piece.
      makeRoom(piece.length < 1024 ? piece.length * 3 : Buffer.byteLength(piece));
      length += buffer.write(piece, length);
    },
    copy: (source, start, end) => {
      makeRoom(end - start);
      // For a few bytes a call into the engine costs more than the bytes.
      if (end - start <= shortBytes) {
        for (let at = start; at < end; at++) buffer[length++] = source[at] ?? 0;
        return;
      }
      buffer.set(source.subarray(start, end), length);
      length += end - start;
    },
    bytes: () => buffer.subarray(0, length),
    free: () => {
      budget.give(buffer.length);
      buffer = Buffer.alloc(0);
    },
  };
}
