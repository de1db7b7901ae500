// Joins the pieces of a body. It stops at the first piece that exceeds a limit.
import type { BodyRoom } from './bytes-in-flight.ts';

export type Gathered =
  | { readonly kind: 'gathered'; readonly bytes: Uint8Array }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'busy' }
  /** The pieces ended too early. */
  | { readonly kind: 'broken' };

/** Takes room for the bytes that have arrived. A declared length alone takes no room, because a sender can lie. */
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

/** Grows in few steps to the declared size. So little is copied, and the buffer stays close to what has arrived. */
function nextSize(needed: number, expectedBytes: number, maxBytes: number): number {
  return needed <= expectedBytes ? Math.min(expectedBytes, needed * 4) : Math.min(maxBytes, needed * 2);
}

function grown(bytes: Buffer, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(size);
  larger.set(bytes);
  return larger;
}
