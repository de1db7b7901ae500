// The keyed hash of a value: who has the key can find a value again, nobody else can guess it, not even of a short one.
import { createHmac, type KeyObject } from 'node:crypto';
import { oneSpelling } from '../events/one-spelling.ts';
import type { Span } from '../json/json-text.ts';

/** As JSON: it stands in the place of the value. */
export function hashedValue(text: Uint8Array, value: Span, key: KeyObject): string {
  return `"hmac:${keyedHash(oneSpelling(text, value), key)}"`;
}

export function keyedHash(text: Uint8Array | string, key: KeyObject): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}
