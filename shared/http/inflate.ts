// Inflates a compressed body. The limits of an uncompressed body hold too: a few bytes can inflate to a gigabyte.
import { addAbortSignal } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { bufferOf } from '../json/json-text.ts';
import type { BodyRoom } from './bytes-in-flight.ts';
import type { Encoding } from './delivery.ts';
import { gather } from './gather.ts';

export type Inflated =
  | { readonly kind: 'text'; readonly text: Uint8Array }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'over-compressed' }
  | { readonly kind: 'incomplete-body' }
  | { readonly kind: 'not-json'; readonly bytes: number };

export async function inflate(
  body: Uint8Array,
  encoding: Encoding,
  maxBytes: number,
  room: BodyRoom,
  signal: AbortSignal,
): Promise<Inflated> {
  if (encoding === 'identity') return { kind: 'text', text: body };
  // The compressed body and its text are both in memory for a while.
  const roomBeside = {
    holds: (bytes: number) => room.holds(body.length + bytes),
    couldHold: (bytes: number) => room.couldHold(body.length + bytes),
  };
  const most = Math.min(maxBytes, Math.max(freeBytes, body.length * maxRatio));
  const gathered = await gather(inflatedPieces(body, signal), declaredTextBytes(body, most), most, roomBeside);
  if (gathered.kind === 'body-too-large' && most < maxBytes) return { kind: 'over-compressed' };
  if (gathered.kind === 'gathered') return { kind: 'text', text: gathered.bytes };
  if (gathered.kind !== 'broken') return gathered;
  return signal.aborted ? { kind: 'incomplete-body' } : { kind: 'not-json', bytes: body.length };
}

/** Gzip shrinks change events about 10 times, and one event repeated a thousand times 100 times. It can reach 1000. */
export const maxRatio = 200;
/** Text up to this size is cheap. Its ratio is not checked. */
const freeBytes = 1_048_576;

/** A gzip body ends with the length of its text. A false length gains nothing: the text is counted as it arrives. */
function declaredTextBytes(body: Uint8Array, maxBytes: number): number {
  const declared = body.length < 4 ? 0 : bufferOf(body).readUInt32LE(body.length - 4);
  return declared <= maxBytes ? declared : 0;
}

async function* inflatedPieces(body: Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array | 'broken'> {
  const gunzip = addAbortSignal(signal, createGunzip({ chunkSize: 65_536 }));
  gunzip.end(body);
  try {
    yield* gunzip;
  } catch {
    yield 'broken';
  }
}
