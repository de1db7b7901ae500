// Writes text into a growing buffer, without joining strings.
import { bufferOf } from './json-text.ts';

export interface ByteWriter {
  readonly text: (piece: string) => void;
  readonly copy: (source: Uint8Array, start: number, end: number) => void;
  /** How many bytes are written. */
  readonly length: () => number;
  /** The written bytes. Call it last, or before `clear`. */
  readonly bytes: () => Uint8Array;
  /** Begins again in the same memory or in this one, and overwrites the earlier bytes. */
  readonly clear: (memory?: Uint8Array) => void;
  /** Returns its bytes to the budget. Call it when nobody needs them. */
  readonly free: () => void;
}

/** Limits the written text. A short event can become a long line, for example when its numbers get types. */
export interface TextBudget {
  /** False if this many bytes do not fit. Then nothing is taken. */
  readonly take: (bytes: number) => boolean;
  readonly give: (bytes: number) => void;
}

/** A temporary budget. Disposing it returns everything that was taken. */
export interface TextRoom extends TextBudget, Disposable {
  /** Whether its owner alone exceeded the limit. Then a smaller request can succeed. */
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
  let buffer: Buffer = allocated(expectedBytes);
  let length = 0;

  function allocated(bytes: number): Buffer<ArrayBuffer> {
    if (!budget.take(bytes)) throw new TextTooLarge();
    return Buffer.allocUnsafe(bytes);
  }

  function makeRoom(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    // Both buffers are in memory during the copy.
    const larger = allocated(Math.max(length + bytes, Math.ceil(buffer.length * 1.5)));
    larger.set(buffer.subarray(0, length));
    budget.give(buffer.length);
    buffer = larger;
  }

  /** False if a character is not ASCII. Then nothing counts as written. */
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
      // For a few bytes, a loop is faster than a call into the engine.
      if (end - start <= shortBytes) {
        for (let at = start; at < end; at++) buffer[length++] = source[at] ?? 0;
        return;
      }
      // `set` would need a view of these bytes, and a view costs more than the copy.
      bufferOf(source).copy(buffer, length, start, end);
      length += end - start;
    },
    length: () => length,
    bytes: () => buffer.subarray(0, length),
    clear: (memory) => {
      if (memory !== undefined) buffer = Buffer.from(memory.buffer);
      length = 0;
    },
    free: () => {
      budget.give(buffer.length);
      buffer = Buffer.alloc(0);
    },
  };
}
