// The keyed hash of a value. A person with the key can find a value again. Nobody else can guess it, not even a short
// one.
import { numberSpelling, oneSpelling, spellingOfType } from '../events/one-spelling.ts';
import type { TextBudget } from '../json/byte-writer.ts';
import { backslash, isDigit, minus, openBrace, quote } from '../json/json-bytes.ts';
import { bufferOf, type Span } from '../json/json-text.ts';
import type { Steps } from '../json/steps.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { HashOf } from './redact-value.ts';

const maxShortBytes = 64;
const maxRemembered = 4096;

/**
 * Hashes the values of one event, each as the JSON that replaces it. Short values repeat often, such as numbers in a
 * list, so their hashes are kept.
 */
export function valueHasher(hash: KeyedHash, budget: TextBudget): HashOf {
  const remembered = new Map<string, string>();
  return (text, value) => {
    if (value.end - value.start > maxShortBytes) return hashLong(text, value);
    const sent = bufferOf(text).toString('latin1', value.start, value.end);
    const known = remembered.get(sent);
    if (known !== undefined) return known;
    const spelled = shortSpelling(text, value, sent);
    if (spelled === undefined) return hashSteps(text, value);
    const hashed = `"hmac:${hash(spelled)}"`;
    if (remembered.size < maxRemembered) remembered.set(sent, hashed);
    return hashed;
  };

  function hashLong(text: Uint8Array, value: Span): string | Steps<string> {
    const bytes = text.subarray(value.start, value.end);
    return isSpelledSo(bytes) ? `"hmac:${hash(bytes)}"` : hashSteps(text, value);
  }

  function* hashSteps(text: Uint8Array, value: Span): Steps<string> {
    const spelled = yield* oneSpelling(text, value, budget);
    const hashed = hash(spelled.bytes());
    spelled.free();
    return `"hmac:${hashed}"`;
  }
}

/** Most values need no pass: a text without escapes, a number, a value with its type, true, false and null. */
function shortSpelling(text: Uint8Array, value: Span, sent: string): Uint8Array | string | undefined {
  const first = text[value.start] ?? 0;
  if (isDigit(first) || first === minus) return numberSpelling(sent);
  if (first === openBrace) return spellingOfType(text, value);
  const bytes = text.subarray(value.start, value.end);
  return isSpelledSo(bytes) || sent === 'true' || sent === 'false' || sent === 'null' ? bytes : undefined;
}

function isSpelledSo(value: Uint8Array): boolean {
  return value[0] === quote && !value.includes(backslash);
}
