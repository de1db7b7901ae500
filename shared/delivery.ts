// A delivery's way into memory: what is not JSON, or too large, or too much at once, is turned away before it is held.
import type { BodyRoom, BytesInFlight } from './bytes-in-flight.ts';
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
  | { readonly kind: 'too-slow' };

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly inFlight: BytesInFlight;
}

export async function admit(
  delivery: Delivery,
  { maxBodyBytes, inFlight }: BodyLimits,
  room: BodyRoom,
  signal: AbortSignal,
): Promise<Admission> {
  if (!isJson(delivery)) return { kind: 'unsupported-type' };
  const declared = declaredBytes(delivery);
  if (declared > maxBodyBytes) return { kind: 'body-too-large' };
  if (!inFlight.take(room, declared)) return { kind: 'busy' };
  return await readBody(delivery.body, declared);

  async function readBody(body: ReadableStream<Uint8Array> | null, expected: number): Promise<Admission> {
    // Room for the whole body at once, where its size is known: joining pieces would hold it twice.
    let bytes = Buffer.allocUnsafe(expected);
    let length = 0;
    // Neither cancelled nor broken off: that would close the connection that the answer still has to take.
    const reader = body?.getReader();
    for (;;) {
      const piece = reader === undefined ? undefined : await inTime(reader.read(), signal);
      if (piece === 'too-slow') return { kind: 'too-slow' };
      if (piece?.value === undefined) break;
      const needed = length + piece.value.byteLength;
      if (needed > maxBodyBytes) return { kind: 'body-too-large' };
      if (needed > room.taken && !inFlight.take(room, needed - room.taken)) return { kind: 'busy' };
      if (needed > bytes.length) bytes = grown(bytes, Math.min(maxBodyBytes, Math.max(needed, bytes.length * 2)));
      bytes.set(piece.value, length);
      length = needed;
    }
    return { kind: 'admitted', body: bytes.subarray(0, length) };
  }
}

/** `application/json` and what is built upon it, in UTF-8. Compressed text is not JSON yet. */
function isJson({ contentType, contentEncoding }: Delivery): boolean {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const isPlain = contentEncoding === null || contentEncoding.trim().toLowerCase() === 'identity';
  return isPlain && /^application\/(?:[a-z0-9!#$&^_.-]+\+)?json$/.test(type) && /^"?utf-?8"?$/.test(charset ?? 'utf-8');
}

/** Zero where the sender did not say: then the body is counted while it comes. */
function declaredBytes({ contentLength }: Delivery): number {
  return contentLength !== null && /^\d{1,15}$/.test(contentLength) ? Number(contentLength) : 0;
}

function grown(bytes: Buffer, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(size);
  larger.set(bytes);
  return larger;
}

async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'too-slow'> {
  if (signal.aborted) return 'too-slow';
  const { promise, resolve } = Promise.withResolvers<'too-slow'>();
  const expire = (): void => resolve('too-slow');
  signal.addEventListener('abort', expire, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', expire);
  }
}
