// A delivery's way into memory: what is not JSON, or too large, or too much at once, is turned away before it is held.
import type { BodyRoom } from './bytes-in-flight.ts';
import { endingWith } from './deadline.ts';
import type { SignatureHeaders } from './signature.ts';

/** An HTTP request, without HTTP's words. */
export interface Delivery {
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly contentLength: string | null;
  readonly signature: SignatureHeaders;
  readonly body: ReadableStream<Uint8Array> | null;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly body: Uint8Array }
  | { readonly kind: 'unsupported-type' }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'incomplete-body' };

export async function admit(
  delivery: Delivery,
  maxBodyBytes: number,
  room: BodyRoom,
  signal: AbortSignal,
): Promise<Admission> {
  if (!isJson(delivery)) return { kind: 'unsupported-type' };
  const declared = declaredBytes(delivery);
  if (declared > maxBodyBytes) return { kind: 'body-too-large' };
  if (!room.holds(declared)) return { kind: 'busy' };
  // Room for the whole body at once, where its size is known: joining pieces would hold it twice.
  let bytes = Buffer.allocUnsafe(declared);
  let length = 0;
  for await (const piece of piecesOf(delivery.body, signal)) {
    if (piece === 'incomplete') return { kind: 'incomplete-body' };
    const needed = length + piece.byteLength;
    if (needed > maxBodyBytes) return { kind: 'body-too-large' };
    if (!room.holds(needed)) return { kind: 'busy' };
    if (needed > bytes.length) bytes = grown(bytes, Math.min(maxBodyBytes, Math.max(needed, bytes.length * 2)));
    bytes.set(piece, length);
    length = needed;
  }
  return { kind: 'admitted', body: bytes.subarray(0, length) };
}

/** Read to its end or left where it is, never cancelled: that would close the connection that the answer still has to take. */
async function* piecesOf(
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array | 'incomplete'> {
  const reader = body?.getReader();
  while (reader !== undefined) {
    // Both ways it does not come: the sender is too slow, or gone.
    const { value } = await endingWith(signal, reader.read()).catch(() => ({ value: 'incomplete' as const }));
    if (value === undefined) return;
    yield value;
  }
}

/** `application/json` and whatever is `+json`, in UTF-8. Compressed text is not JSON yet. */
function isJson({ contentType, contentEncoding }: Delivery): boolean {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const isPlain = contentEncoding === null || contentEncoding.trim().toLowerCase() === 'identity';
  return (
    isPlain &&
    /^(?:application\/json|[a-z0-9!#$&^_.-]+\/[a-z0-9!#$&^_.+-]+\+json)$/.test(type) &&
    /^"?utf-?8"?$/.test(charset ?? 'utf-8')
  );
}

/** Zero where the sender did not say: then the body is counted while it comes. */
function declaredBytes({ contentLength }: Delivery): number {
  return contentLength !== null && /^\d+$/.test(contentLength) ? Number(contentLength) : 0;
}

function grown(bytes: Buffer, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(size);
  larger.set(bytes);
  return larger;
}
