// Whether bytes are JSON (RFC 8259), strictly and without recursion. Later code can trust the text, and a million
// opening brackets cost no stack. Accepts and refuses exactly what JSON.parse does.
import { isUtf8 } from 'node:buffer';
import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  isDigit,
  openBrace,
  openBracket,
  quote,
  skipSpace,
} from './json-text.ts';
import { allAtOnce, type Steps, valuesPerStep } from './steps.ts';

export type JsonFault = 'not-json' | 'too-deep';

/** BSON nests at most 100 levels; the event around it and Extended JSON's wrappers add some. */
export const maxDepth = 256;

const fault = -1;

export function findJsonFault(text: Uint8Array, levels = maxDepth): JsonFault | undefined {
  return allAtOnce(jsonFaultSteps(text, levels));
}

export function* jsonFaultSteps(text: Uint8Array, levels = maxDepth): Steps<JsonFault | undefined> {
  if (!isUtf8(text)) return 'not-json';
  const walk = walkOver(text, new Uint8Array(levels));
  walk.at = skipSpace(text, 0);
  for (let outcome = walkOn(walk, valuesPerStep); outcome !== 'ended'; outcome = walkOn(walk, valuesPerStep)) {
    if (outcome !== 'paused') return outcome;
    yield;
  }
  return skipSpace(text, walk.at) === text.length ? undefined : 'not-json';
}

/** Passes one value of any kind. */
export interface Walk {
  readonly text: Uint8Array;
  /** What closes the objects and arrays around the next value, and how many there are. */
  readonly closers: Uint8Array;
  depth: number;
  /** Where the next value begins; once the walk has ended, the byte behind it. */
  at: number;
}

/** As many levels as `closers` has bytes. */
export function walkOver(text: Uint8Array, closers: Uint8Array): Walk {
  return { text, closers, depth: 0, at: 0 };
}

export function walkOn(walk: Walk, mostValues: number): 'ended' | 'paused' | JsonFault {
  const { text, closers } = walk;
  let { depth, at } = walk;
  for (let values = 0; ; values++) {
    if (values === mostValues) {
      walk.depth = depth;
      walk.at = at;
      return 'paused';
    }
    const first = text[at];
    if (first === openBrace || first === openBracket) {
      if (depth === closers.length) return 'too-deep';
      const closer = first === openBrace ? closeBrace : closeBracket;
      at = skipSpace(text, at + 1);
      if (text[at] === closer) {
        at++;
      } else {
        closers[depth++] = closer;
        if (closer === closeBrace) at = afterKey(text, at);
        if (at === fault) return 'not-json';
        continue;
      }
    } else {
      at = first === quote ? afterString(text, at) : afterPlain(text, at);
      if (at === fault) return 'not-json';
    }

    // A value ends here: so may any number of objects and arrays around it, until a comma announces the next value.
    while (depth > 0) {
      at = skipSpace(text, at);
      if (text[at] !== closers[depth - 1]) break;
      at++;
      depth--;
    }
    if (depth === 0) {
      walk.depth = 0;
      walk.at = at;
      return 'ended';
    }
    if (text[at] !== comma) return 'not-json';
    at = skipSpace(text, at + 1);
    if (closers[depth - 1] === closeBrace) at = afterKey(text, at);
    if (at === fault) return 'not-json';
  }
}

/** From a key over its colon to the value. -1 if one of them is missing. */
export function afterKey(text: Uint8Array, at: number): number {
  if (text[at] !== quote) return fault;
  at = afterString(text, at);
  if (at === fault) return fault;
  at = skipSpace(text, at);
  return text[at] === colon ? skipSpace(text, at + 1) : fault;
}

function afterString(text: Uint8Array, at: number): number {
  for (at++; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if (byte === quote) return at + 1;
    if (byte < 0x20) return fault;
    if (byte === backslash) {
      at = afterEscape(text, at + 1);
      if (at === fault) return fault;
    }
  }
  return fault;
}

/** The last byte of an escape, given the one behind its backslash. */
function afterEscape(text: Uint8Array, at: number): number {
  switch (text[at]) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at;
    case 0x75: // u
      for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(text[at + digit] ?? 0)) return fault;
      return at + 4;
    default:
      return fault;
  }
}

function afterPlain(text: Uint8Array, at: number): number {
  switch (text[at]) {
    case 0x74:
      return afterWord(text, at, 'true');
    case 0x66:
      return afterWord(text, at, 'false');
    case 0x6e:
      return afterWord(text, at, 'null');
    default:
      return afterNumber(text, at);
  }
}

function afterWord(text: Uint8Array, at: number, word: string): number {
  for (let letter = 0; letter < word.length; letter++) if (text[at + letter] !== word.charCodeAt(letter)) return fault;
  return at + word.length;
}

function afterNumber(text: Uint8Array, at: number): number {
  if (text[at] === 0x2d) at++; // -
  if (text[at] === 0x30) at++;
  else at = afterDigits(text, at);
  if (at !== fault && text[at] === 0x2e) at = afterDigits(text, at + 1); // .
  if (at !== fault && (text[at] === 0x65 || text[at] === 0x45)) at = afterExponent(text, at + 1);
  return at;
}

function afterExponent(text: Uint8Array, at: number): number {
  return afterDigits(text, text[at] === 0x2b || text[at] === 0x2d ? at + 1 : at);
}

/** One digit or more. */
function afterDigits(text: Uint8Array, at: number): number {
  const start = at;
  while (isDigit(text[at] ?? 0)) at++;
  return at === start ? fault : at;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
