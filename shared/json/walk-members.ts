// Checks an object and finds its members in one pass.
import { closeBrace, comma, skipSpace } from './json-bytes.ts';
import { type Walk, walkOn } from './json-fault.ts';
import { afterKey, fault } from './json-tokens.ts';

/** `valueStart` is behind the colon and the space after it. */
export type OnMember = (keyStart: number, valueStart: number, valueEnd: number) => void;

/** Returns the position behind the object, or `fault`. It calls `onMember` also for the members before a fault. */
export function walkMembers(walk: Walk, objectStart: number, onMember: OnMember): number {
  const { text } = walk;
  let at = skipSpace(text, objectStart + 1);
  if (text[at] === closeBrace) return at + 1;
  for (;;) {
    const keyStart = at;
    const valueStart = afterKey(text, keyStart);
    if (valueStart === fault) return fault;
    walk.at = valueStart;
    if (walkOn(walk, Number.POSITIVE_INFINITY) !== 'ended') return fault;
    onMember(keyStart, valueStart, walk.at);
    at = skipSpace(text, walk.at);
    if (text[at] === closeBrace) return at + 1;
    if (text[at] !== comma) return fault;
    at = skipSpace(text, at + 1);
  }
}
