// Whether a delivery comes from someone who knows a secret: Standard Webhooks, over the bytes exactly as they arrived.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

export interface SignatureHeaders {
  readonly id: string | null;
  readonly timestamp: string | null;
  readonly signature: string | null;
}

const toleranceSeconds = 300;
/** Far more than a rotation of secrets needs, and little enough that nobody makes the receiver compare for long. */
const maxSignatureHeader = 4096;

/** Why a signature is not good stays here: an answer that told would help to forge one. */
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
  // Every secret is tried against every signature, so that time tells nothing of which one it was.
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
    for (const one of given) if (timingSafeEqual(one, expected)) authentic = true;
  }
  return authentic;
}

/** A dot would let `a` + `.1.b` and `a.1` + `.b` be signed alike; and a list of two headers is no id. */
function isId(id: string): boolean {
  return /^[\x21-\x2b\x2d\x2f-\x7e]{1,256}$/.test(id);
}

/** Of two headers of one name HTTP makes one with a comma and a space, and which of them is meant nobody knows. */
function isOneHeader(signature: string): boolean {
  return signature.length <= maxSignatureHeader && !signature.includes(', ');
}

/** Seconds, in digits only: Number() would read `1e9`, ` 17 ` and `0x10`, and two headers of one name come as a list. */
function isInWindow(timestamp: string, now: Date): boolean {
  return (
    /^\d{1,12}$/.test(timestamp) && Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) <= toleranceSeconds
  );
}

/** Of other versions than `v1` nothing is known, so they prove nothing. Buffer.from stops quietly at what is not base64: check the form first. */
function readSignature(text: string): Uint8Array[] {
  return /^v1,[A-Za-z0-9+/]{43}=$/.test(text) ? [Buffer.from(text.slice(3), 'base64')] : [];
}

/**
 * A `whsec_` secret as a key: made once, where bytes would be made into one for each request, and nothing that prints it shows it.
 * Undefined where it is none, or too short to be one.
 */
export function readSecret(text: string): KeyObject | undefined {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (base64 === undefined || base64.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? createSecretKey(bytes) : undefined;
}
