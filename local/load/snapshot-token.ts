// Makes the token of a snapshot event. It sorts after every event before T0 and before every event since, and is the
// same at each try. docs/lake.md has the rule.
import { hash } from 'node:crypto';

/** The part of a token that depends on the document: 32 hexadecimal digits. They sort like the tokens. */
export type KeyDigest = string;

export const digestDigits = 32;

export function digestOf(key: Uint8Array): KeyDigest {
  return hash('sha256', key, 'hex').slice(0, digestDigits).toUpperCase();
}

/** The time comes first in a token. */
export function tokenTime(seconds: number): string {
  return `82${seconds.toString(16).padStart(8, '0').toUpperCase()}`;
}

export function tokenBeginning(seconds: number): string {
  return `${tokenTime(seconds)}0000000000`;
}

export function tokenOf(seconds: number, digest: KeyDigest): string {
  return tokenBeginning(seconds) + digest;
}
