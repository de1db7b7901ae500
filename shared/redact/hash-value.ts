// The keyed hash of a value. A person with the key can find a value again. Nobody else can guess it, not even a short
// one.
import { createHmac, type KeyObject } from 'node:crypto';
import { numberSpelling, oneSpelling } from '../events/one-spelling.ts';
import { type TextBudget, unlimited } from '../json/byte-writer.ts';
import { bufferOf, type Span } from '../json/json-text.ts';
import { allAtOnce, type Steps } from '../json/steps.ts';
import type { HashOf } from './redact-value.ts';

/** The hash as JSON: it replaces the value. */
export function hashedValue(text: Uint8Array, value: Span, key: KeyObject): string {
  return allAtOnce(hashSteps(text, value, key, unlimited));
}

export function keyedHash(text: Uint8Array | string, key: KeyObject): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}

const maxShortBytes = 64;
const maxRemembered = 4096;

/** Hashes the values of one event. Short values repeat often, such as numbers in a list, so their hashes are kept. */
export function valueHasher(key: KeyObject, budget: TextBudget): HashOf {
  const remembered = new Map<string, string>();
  return (text, value) => {
    if (value.end - value.start > maxShortBytes) return hashSteps(text, value, key, budget);
    const spelled = bufferOf(text).toString('latin1', value.start, value.end);
    const known = remembered.get(spelled);
    if (known !== undefined) return known;
    const hash = `"hmac:${keyedHash(shortSpelling(spelled) ?? allAtOnce(bytesOf(text, value)), key)}"`;
    if (remembered.size < maxRemembered) remembered.set(spelled, hash);
    return hash;
  };
}

/** A number, a text of ASCII without escapes, true, false or null. These are most values, and need no second pass. */
function shortSpelling(source: string): string | undefined {
  if (/^-?\d/.test(source)) return numberSpelling(source);
  return /^(?:"[ !#-[\]-~]*"|true|false|null)$/.test(source) ? source : undefined;
}

function* bytesOf(text: Uint8Array, value: Span): Steps<Uint8Array> {
  return (yield* oneSpelling(text, value, unlimited)).bytes();
}

function* hashSteps(text: Uint8Array, value: Span, key: KeyObject, budget: TextBudget): Steps<string> {
  const spelled = yield* oneSpelling(text, value, budget);
  const hash = keyedHash(spelled.bytes(), key);
  spelled.free();
  return `"hmac:${hash}"`;
}
