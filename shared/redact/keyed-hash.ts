// HMAC-SHA256 (https://www.rfc-editor.org/rfc/rfc2104), shortened to 32 hex digits. A document can have hundreds of
// thousands of short values. An HMAC object for each costs several times the hash. So a short text is hashed by the two
// plain hashes that an HMAC consists of.
import { createHmac, hash, type KeyObject } from 'node:crypto';

export type KeyedHash = (text: Uint8Array | string) => string;

const blockBytes = 64;
const digestBytes = 32;
const shortBytes = 256;
const shownDigits = 32;

export function keyedHashOf(key: KeyObject): KeyedHash {
  const inner = paddedKey(key, 0x36, shortBytes);
  const outer = paddedKey(key, 0x5c, digestBytes);
  // A new view for each text would cost as much as a hash.
  const views: Uint8Array[] = [];
  return (text) => {
    const { length } = text;
    const isShort = length <= shortBytes && (typeof text === 'string' ? putAscii(inner, text) : putBytes(inner, text));
    if (!isShort) return createHmac('sha256', key).update(text).digest('hex').slice(0, shownDigits);
    const view = views[length] ?? inner.subarray(0, blockBytes + length);
    views[length] = view;
    putBinary(outer, hash('sha256', view, 'binary'));
    return hash('sha256', outer, 'hex').slice(0, shownDigits);
  };
}

// For so few bytes a loop costs less than a call into the engine.

/** False if a character is not ASCII, because it has more than one byte. */
function putAscii(padded: Uint8Array, text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return false;
    padded[blockBytes + at] = code;
  }
  return true;
}

function putBinary(padded: Uint8Array, digest: string): void {
  for (let at = 0; at < digest.length; at++) padded[blockBytes + at] = digest.charCodeAt(at);
}

function putBytes(padded: Uint8Array, text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) padded[blockBytes + at] = text[at] ?? 0;
  return true;
}

/** A block of the key, with room for text behind it. */
function paddedKey(key: KeyObject, pad: number, textBytes: number): Uint8Array {
  const exported = key.export();
  const bytes = exported.length > blockBytes ? hash('sha256', exported, 'buffer') : exported;
  const padded = new Uint8Array(blockBytes + textBytes);
  for (let at = 0; at < blockBytes; at++) padded[at] = (bytes[at] ?? 0) ^ pad;
  return padded;
}
