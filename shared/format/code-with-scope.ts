// Code with a scope, `{"$code":"f(x)","$scope":{"x":1}}`, is the only type that contains values of other types. It is
// not read as a whole. Only its two keys are found, so that `simple` can write them without a dollar.
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  quote,
  skipSpace,
} from '../json/json-bytes.ts';
import { stringAt } from '../json/json-text.ts';
import { type Steps, valuesPerStep } from '../json/steps.ts';
import { stringEnd } from '../json/value-end.ts';

/** The position of a key, and the beginning of its value. */
interface Key {
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
}

/** An object that is code with a scope if no other member follows. */
interface Candidate {
  readonly code: Key | undefined;
  readonly scope: Key;
}

export interface ScopeKeys {
  /** The sorted positions of keys that lose their dollar: twice the position, plus one for `$scope`. */
  readonly keys: ArrayLike<number>;
  /** The end of the searched text. */
  readonly end: number;
}

/**
 * Finds all nested code in one pass. Only the end of a scope shows its type, and a search for each would take far too
 * long.
 */
export function* scopeKeys(text: Uint8Array, start: number): Steps<ScopeKeys> {
  // A list of numbers. A map of millions of entries would take hundreds of megabytes.
  const keys: number[] = [];
  const enclosing: (Candidate | undefined)[] = [];
  let candidate = candidateAt(text, start);
  if (candidate === undefined) return { keys: [], end: start };

  let at = candidate.scope.valueStart;
  let values = 0;
  do {
    if (++values % valuesPerStep === 0) yield;
    switch (text[at]) {
      case quote:
        at = stringEnd(text, at) - 1;
        break;
      case openBrace:
        // The first object in a candidate is its scope.
        enclosing.push(candidate);
        candidate = candidateAt(text, at);
        break;
      case openBracket:
        enclosing.push(undefined);
        break;
      case closeBrace:
      case closeBracket:
        rename(enclosing.pop(), at + 1);
    }
    at++;
  } while (enclosing.length > 0);
  return { keys: sorted(keys), end: at };

  function rename(closing: Candidate | undefined, scopeEnd: number): void {
    const code = closing && (closing.code ?? codeBehind(text, scopeEnd));
    if (closing === undefined || code === undefined) return;
    const last = closing.code === undefined ? stringEnd(text, code.valueStart) : scopeEnd;
    if (text[skipSpace(text, last)] !== closeBrace) return;
    keys.push(code.start * 2, closing.scope.start * 2 + 1);
  }
}

/** A list of typed numbers sorts millions faster, and costs more than the search where there are millions of lists. */
function sorted(keys: number[]): ArrayLike<number> {
  return keys.length > 64 ? Float64Array.from(keys).sort() : keys.sort((one, other) => one - other);
}

/** `$scope` with each letter escaped. */
const maxKeyBytes = 2 + 6 * '$scope'.length;

function candidateAt(text: Uint8Array, objectStart: number): Candidate | undefined {
  const first = keyAt(text, objectStart + 1);
  if (first?.name === '$scope')
    return text[first.valueStart] === openBrace ? { code: undefined, scope: first } : undefined;
  if (first?.name !== '$code' || text[first.valueStart] !== quote) return undefined;
  const scope = keyBehind(text, stringEnd(text, first.valueStart));
  return scope?.name === '$scope' && text[scope.valueStart] === openBrace ? { code: first, scope } : undefined;
}

function codeBehind(text: Uint8Array, at: number): Key | undefined {
  const key = keyBehind(text, at);
  return key?.name === '$code' && text[key.valueStart] === quote ? key : undefined;
}

function keyBehind(text: Uint8Array, at: number): Key | undefined {
  const separator = skipSpace(text, at);
  return text[separator] === comma ? keyAt(text, separator + 1) : undefined;
}

function keyAt(text: Uint8Array, at: number): Key | undefined {
  const start = skipSpace(text, at);
  if (text[start] !== quote) return undefined;
  const end = stringEnd(text, start);
  const separator = skipSpace(text, end);
  if (text[separator] !== colon) return undefined;
  const name = end - start > maxKeyBytes ? '' : stringAt(text, start, end);
  return { name, start, valueStart: skipSpace(text, separator + 1) };
}
