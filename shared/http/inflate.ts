// A compressed body → its text, bounded like a body that came as it is: a few bytes can hold a gigabyte of zeros.
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
  // Both are held for a while: the body as it came, which was signed, and its text.
  const roomBeside = {
    holds: (bytes: number) => room.holds(body.length + bytes),
    couldHold: (bytes: number) => room.couldHold(body.length + bytes),
  };
  const most = Math.min(maxBytes, Math.max(freeBytes, body.length * maxRatio));
  const gathered = await gather(inflatedPieces(body, signal), toldBytes(body, most), most, roomBeside);
  if (gathered.kind === 'body-too-large' && most < maxBytes) return { kind: 'over-compressed' };
  if (gathered.kind === 'gathered') return { kind: 'text', text: gathered.bytes };
  if (gathered.kind !== 'broken') return gathered;
  return signal.aborted ? { kind: 'incomplete-body' } : { kind: 'not-json', bytes: body.length };
}

/** Change events are compressed to a tenth, the same one a thousand times to a hundredth; gzip itself goes to a thousandth. */
export const maxRatio = 200;
/** Text that costs little whatever it was compressed to. */
const freeBytes = 1_048_576;

/** The last four bytes say how long the text is. Whoever lies there gets a text that grows while it comes, as one without a declared length. */
function toldBytes(body: Uint8Array, maxBytes: number): number {
  const told = body.length < 4 ? 0 : bufferOf(body).readUInt32LE(body.length - 4);
  return told <= maxBytes ? told : 0;
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
