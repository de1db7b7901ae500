// Pieces of unknown number → one run of bytes, turned away as soon as it is more than may be held.
import type { BodyRoom } from './bytes-in-flight.ts';

export type Gathered =
  | { readonly kind: 'gathered'; readonly bytes: Uint8Array }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'busy' }
  /** The pieces ended before they were all there. */
  | { readonly kind: 'broken' };

/** Room for all of them at once, where their size is known: joining pieces would hold them twice. */
export async function gather(
  pieces: AsyncIterable<Uint8Array | 'broken'>,
  expectedBytes: number,
  maxBytes: number,
  room: Pick<BodyRoom, 'holds'>,
): Promise<Gathered> {
  if (expectedBytes > maxBytes) return { kind: 'body-too-large' };
  if (!room.holds(expectedBytes)) return { kind: 'busy' };
  let bytes = Buffer.allocUnsafe(expectedBytes);
  let length = 0;
  for await (const piece of pieces) {
    if (piece === 'broken') return { kind: 'broken' };
    const needed = length + piece.byteLength;
    if (needed > maxBytes) return { kind: 'body-too-large' };
    if (!room.holds(needed)) return { kind: 'busy' };
    if (needed > bytes.length) bytes = grown(bytes, Math.min(maxBytes, Math.max(needed, bytes.length * 2)));
    bytes.set(piece, length);
    length = needed;
  }
  return { kind: 'gathered', bytes: bytes.subarray(0, length) };
}

function grown(bytes: Buffer, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(size);
  larger.set(bytes);
  return larger;
}
