// Pieces of unknown number → one run of bytes, turned away as soon as it is more than may be held.
import type { BodyRoom } from './bytes-in-flight.ts';

export type Gathered =
  | { readonly kind: 'gathered'; readonly bytes: Uint8Array }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'busy' }
  /** The pieces ended before they were all there. */
  | { readonly kind: 'broken' };

/**
 * Counts bytes as they come. A body that says how long it is gets room step by step: one that only says so takes nothing.
 */
export async function gather(
  pieces: AsyncIterable<Uint8Array | 'broken'>,
  expectedBytes: number,
  maxBytes: number,
  room: Pick<BodyRoom, 'holds' | 'couldHold'>,
): Promise<Gathered> {
  if (expectedBytes > maxBytes) return { kind: 'body-too-large' };
  if (!room.couldHold(expectedBytes)) return { kind: 'busy' };
  let bytes = Buffer.allocUnsafe(Math.min(expectedBytes, firstBytes));
  let length = 0;
  for await (const piece of pieces) {
    if (piece === 'broken') return { kind: 'broken' };
    const needed = length + piece.byteLength;
    if (needed > maxBytes) return { kind: 'body-too-large' };
    if (!room.holds(needed)) return { kind: 'busy' };
    if (needed > bytes.length) bytes = grown(bytes, nextSize(needed, expectedBytes, maxBytes));
    bytes.set(piece, length);
    length = needed;
  }
  return { kind: 'gathered', bytes: bytes.subarray(0, length) };
}

const firstBytes = 65_536;

/** In few steps to the size that was announced, so that little is copied and never much more is held than has come. */
function nextSize(needed: number, expectedBytes: number, maxBytes: number): number {
  return needed <= expectedBytes ? Math.min(expectedBytes, needed * 4) : Math.min(maxBytes, needed * 2);
}

function grown(bytes: Buffer, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(size);
  larger.set(bytes);
  return larger;
}
