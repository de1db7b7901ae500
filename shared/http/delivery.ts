// Reads the body of a delivery into memory. A body that is not JSON, or is too large, is rejected before that.
import { deadlineIn, endingWith } from '../async/deadline.ts';
import type { BodyRoom } from './bytes-in-flight.ts';
import { gather } from './gather.ts';
import type { SignatureHeaders } from './signature.ts';

/** An HTTP request, without HTTP's words. */
export interface Delivery {
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly contentLength: string | null;
  readonly signature: SignatureHeaders;
  readonly body: ReadableStream<Uint8Array> | null;
}

export type Encoding = 'identity' | 'gzip';

export type Admission =
  | { readonly kind: 'admitted'; readonly body: Uint8Array; readonly encoding: Encoding }
  | { readonly kind: 'unsupported-type' }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'incomplete-body' };

/** Counts milliseconds. Unlike the time of day it never goes back. */
export interface Clock {
  readonly now: () => number;
}

export async function admit(
  delivery: Delivery,
  maxBodyBytes: number,
  room: BodyRoom,
  signal: AbortSignal,
  clock: Clock = performance,
): Promise<Admission> {
  const encoding = encodingOf(delivery);
  if (encoding === undefined || !isJson(delivery)) return { kind: 'unsupported-type' };
  const gathered = await gather(piecesOf(delivery.body, signal, clock), declaredBytes(delivery), maxBodyBytes, room);
  if (gathered.kind === 'broken') return { kind: 'incomplete-body' };
  return gathered.kind === 'gathered' ? { kind: 'admitted', body: gathered.bytes, encoding } : gathered;
}

/** A silent or slow body keeps its room. So it fails after this silence, or below this rate once that time is over. */
const silentMs = 5_000;
const minBytesPerSecond = 4_096;

/** Never cancels the stream: that would close the connection, and the answer still needs it. */
async function* piecesOf(
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
  clock: Clock,
): AsyncGenerator<Uint8Array | 'broken'> {
  const reader = body?.getReader();
  const beganMs = clock.now();
  let arrived = 0;
  while (reader !== undefined) {
    const { value } = await nextPiece(reader, signal);
    if (value === undefined) return;
    yield value;
    if (value !== 'broken') arrived += value.byteLength;
    const tookMs = clock.now() - beganMs;
    if (tookMs > silentMs && (arrived * 1000) / tookMs < minBytesPerSecond) yield 'broken';
  }
}

/** `broken` if no piece comes in time: the sender is too slow or gone. */
async function nextPiece(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): Promise<{ readonly value?: Uint8Array | 'broken' | undefined }> {
  using silence = deadlineIn(silentMs, signal);
  return await endingWith(silence.signal, reader.read()).catch(() => ({ value: 'broken' as const }));
}

/** Undefined for an encoding that the receiver cannot read. */
function encodingOf({ contentEncoding }: Delivery): Encoding | undefined {
  const encoding = (contentEncoding?.trim() || 'identity').toLowerCase();
  return encoding === 'identity' || encoding === 'gzip' ? encoding : undefined;
}

/** `application/json` and whatever is `+json`, in UTF-8. */
function isJson({ contentType }: Delivery): boolean {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return (
    /^(?:application\/json|[a-z0-9!#$&^_.-]+\/[a-z0-9!#$&^_.+-]+\+json)$/.test(type) &&
    /^"?utf-?8"?$/.test(charset ?? 'utf-8')
  );
}

/** Zero if the sender did not declare a length. The body is then counted while it arrives. */
function declaredBytes({ contentLength }: Delivery): number {
  return contentLength !== null && /^\d+$/.test(contentLength) ? Number(contentLength) : 0;
}
