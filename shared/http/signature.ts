// Checks that the sender knows a secret, by Standard Webhooks, over exactly the received bytes.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

export interface SignatureHeaders {
  readonly id: string | null;
  readonly timestamp: string | null;
  readonly signature: string | null;
}

const toleranceSeconds = 300;
/** Much more than a rotation of secrets needs. But a hostile header cannot make the receiver compare for long. */
const maxSignatureHeader = 4096;

/** Gives no reason: a reason would help an attacker to forge a signature. */
export function isAuthentic(
  body: Uint8Array,
  headers: SignatureHeaders,
  secrets: readonly KeyObject[],
  now: Date,
): boolean {
  const { id, timestamp, signature } = headers;
  if (id === null || timestamp === null || signature === null) return false;
  if (!isId(id) || !isInWindow(timestamp, now) || !isOneHeader(signature)) return false;

  const given = signature.split(' ').flatMap(readSignature);
  let authentic = false;
  // Compares every secret with every signature, so that the time does not reveal which one matched.
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
    for (const one of given) if (timingSafeEqual(one, expected)) authentic = true;
  }
  return authentic;
}

/** Forbids the dot: with it, two different ids and timestamps could give the same signed text. Forbids a list, too. */
function isId(id: string): boolean {
  return /^[\x21-\x2b\x2d\x2f-\x7e]{1,256}$/.test(id);
}

/** HTTP joins two headers of one name with a comma and a space. Nobody knows which of them is meant. */
function isOneHeader(signature: string): boolean {
  return signature.length <= maxSignatureHeader && !signature.includes(', ');
}

/** Accepts digits only. Number() would also read `1e9`, ` 17 ` and `0x10`. */
function isInWindow(timestamp: string, now: Date): boolean {
  return (
    /^\d{1,12}$/.test(timestamp) && Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) <= toleranceSeconds
  );
}

/** Ignores versions other than `v1`. Buffer.from stops silently at a bad character, so the form is checked first. */
function readSignature(text: string): Uint8Array[] {
  return /^v1,[A-Za-z0-9+/]{43}=$/.test(text) ? [Buffer.from(text.slice(3), 'base64')] : [];
}

/**
 * Reads a `whsec_` secret. Undefined if its form or its length is wrong. Made once, a KeyObject saves work for each
 * request. Printing it does not show the secret.
 */
export function readSecret(text: string): KeyObject | undefined {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (base64 === undefined || base64.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? createSecretKey(bytes) : undefined;
}
