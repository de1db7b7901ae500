// Checks that bytes are JSON (RFC 8259), exactly as JSON.parse does, so that later code can trust the text. Without
// recursion, a million opening brackets need no stack.
import { isUtf8 } from 'node:buffer';
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  isSpace,
  openBrace,
  openBracket,
  quote,
  skipSpace,
} from './json-bytes.ts';
import { afterKey, afterPlain, afterString, fault } from './json-tokens.ts';
import { type Words, wordsOf } from './plain-bytes.ts';
import { allAtOnce, type Steps, valuesPerStep } from './steps.ts';

export type JsonFault = 'not-json' | 'too-deep';

/** BSON nests at most 100 levels. The event and the wrappers of Extended JSON add some. */
export const maxDepth = 256;

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

/** A check of one value that can pause. */
export interface Walk {
  text: Uint8Array;
  words: Words;
  /** The closing brackets of the objects and arrays around the next value: the first `depth` bytes. */
  readonly closers: Uint8Array;
  depth: number;
  /** The start of the next value. At the end of the walk, the position after the value. */
  at: number;
  readonly watcher: WalkWatcher | undefined;
}

/** Hears what a walk passes. */
export interface WalkWatcher {
  /** Returns the position behind an object that it knows, of two levels at most. Otherwise returns `at`. */
  readonly passObject: (text: Uint8Array, at: number) => number;
  /** A number, `true`, `false` or `null`. */
  readonly onPlain: (text: Uint8Array, at: number) => void;
  /** White space between tokens, or an object so deep that only the walk itself may judge it. */
  readonly onOther: () => void;
}

const knownLevels = 2;

/** Allows as many levels as `closers` has bytes. */
export function walkOver(text: Uint8Array, closers: Uint8Array, watcher?: WalkWatcher): Walk {
  return { text, words: wordsOf(text), closers, depth: 0, at: 0, watcher };
}

/** Begins again, in this text. The engine compiles its code once for a walk over many texts, and not for each. */
export function walkAgain(walk: Walk, text: Uint8Array): void {
  walk.depth = 0;
  if (walk.text === text) return;
  walk.text = text;
  walk.words = wordsOf(text);
}

export function walkOn(walk: Walk, mostValues: number): 'ended' | 'paused' | JsonFault {
  const { text, words, closers, watcher } = walk;
  let { depth, at } = walk;
  for (let values = 0; ; values++) {
    if (values === mostValues) {
      walk.depth = depth;
      walk.at = at;
      return 'paused';
    }
    const first = text[at];
    const known = first === openBrace ? passKnown(walk, at, depth) : at;
    if (known > at) {
      at = known;
    } else if (first === openBrace || first === openBracket) {
      if (depth === closers.length) return 'too-deep';
      const closer = first === openBrace ? closeBrace : closeBracket;
      at = passSpace(walk, at + 1);
      if (text[at] === closer) {
        at++;
      } else {
        closers[depth++] = closer;
        if (closer === closeBrace) at = passKey(walk, at);
        if (at === fault) return 'not-json';
        continue;
      }
    } else {
      if (watcher !== undefined && first !== quote) watcher.onPlain(text, at);
      at = first === quote ? afterString(text, at, words) : afterPlain(text, at);
      if (at === fault) return 'not-json';
    }

    // A value has ended. Any number of objects and arrays around it can end too, until a comma comes.
    while (depth > 0) {
      at = passSpace(walk, at);
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
    at = passSpace(walk, at + 1);
    if (closers[depth - 1] === closeBrace) at = passKey(walk, at);
    if (at === fault) return 'not-json';
  }
}

function passKnown({ text, closers, watcher }: Walk, at: number, depth: number): number {
  if (watcher === undefined) return at;
  if (depth + knownLevels <= closers.length) return watcher.passObject(text, at);
  watcher.onOther();
  return at;
}

export function passSpace({ text, watcher }: Walk, at: number): number {
  if (!isSpace(text[at])) return at;
  watcher?.onOther();
  return skipSpace(text, at);
}

/** From a key over its colon to the value. */
export function passKey({ text, watcher }: Walk, at: number): number {
  const behind = afterKey(text, at);
  if (watcher !== undefined && (text[behind - 1] !== colon || text[behind - 2] !== quote)) watcher.onOther();
  return behind;
}
