// Deliveries of a sender, and a receiver for them.
import { createHmac, createSecretKey } from 'node:crypto';
import { readSettings, type Settings } from '../../shared/app/settings.ts';
import { bytesInFlight } from '../../shared/http/bytes-in-flight.ts';
import type { Delivery } from '../../shared/http/delivery.ts';
import type { Receiver } from '../../shared/http/receive.ts';
import { readSecret } from '../../shared/http/signature.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';

export const secret = `whsec_${Buffer.alloc(32, 's').toString('base64')}`;
export const secretKey = createSecretKey(Buffer.alloc(32, 's'));
export const now = new Date('2026-11-20T10:15:31.000Z');

export function deliveryOf(body: Uint8Array | string, changed: Partial<Delivery> = {}): Delivery {
  const bytes = Buffer.from(body);
  return {
    contentType: 'application/json',
    contentEncoding: null,
    contentLength: String(bytes.length),
    signature: { id: null, timestamp: null, signature: null },
    body: streamOf(bytes),
    ...changed,
  };
}

export function signedDeliveryOf(body: Uint8Array | string, changed: Partial<Delivery> = {}): Delivery {
  return deliveryOf(body, { signature: signatureOf(body), ...changed });
}

export function signatureOf(body: Uint8Array | string, withSecret = secret, at = now) {
  const id = 'evt_1';
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const mac = createHmac('sha256', readSecret(withSecret) ?? '')
    .update(`${id}.${timestamp}.`)
    .update(body);
  return { id, timestamp, signature: `v1,${mac.digest('base64')}` };
}

/** The headers of a request that arrives now. */
export function signatureHeaders(body: Uint8Array | string, withSecret = secret, at = new Date()) {
  const { id, timestamp, signature } = signatureOf(body, withSecret, at);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

/** The reverse: reads the headers of a request. */
export function signatureIn(headers: Readonly<Record<string, string | undefined>> = {}) {
  return {
    id: headers['webhook-id'] ?? null,
    timestamp: headers['webhook-timestamp'] ?? null,
    signature: headers['webhook-signature'] ?? null,
  };
}

/** In pieces, as from a network. */
export function streamOf(bytes: Uint8Array, pieceLength = 65_536): ReadableStream<Uint8Array> {
  return ReadableStream.from(
    (function* () {
      for (let start = 0; start < bytes.length; start += pieceLength) yield bytes.subarray(start, start + pieceLength);
    })(),
  );
}

export function receiverWith(lake: LakeWriter, environment: Record<string, string> = {}): Receiver {
  const settings = settingsWith(environment);
  return { settings, lake, inFlight: bytesInFlight(settings.maxBytesInFlight) };
}

export function settingsWith(environment: Record<string, string>): Settings {
  const read = readSettings({ LAKE_URL: 'file:./lake', ...environment });
  if (read.kind === 'invalid') throw new Error(`Cannot set up a receiver: ${read.problems.join()}`);
  return read.settings;
}
