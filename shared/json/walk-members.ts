// Checks an object and finds its members in one pass.
import { closeBrace, comma } from './json-bytes.ts';
import { passKey, passSpace, type Walk, walkOn } from './json-fault.ts';
import { fault } from './json-tokens.ts';

/** `valueStart` is behind the colon and the space after it. */
export type OnMember = (keyStart: number, valueStart: number, valueEnd: number) => void;

/** Returns the position behind the object, or `fault`. It calls `onMember` also for the members before a fault. */
export function walkMembers(walk: Walk, objectStart: number, onMember: OnMember): number {
  const { text } = walk;
  let at = passSpace(walk, objectStart + 1);
  if (text[at] === closeBrace) return at + 1;
  for (;;) {
    const keyStart = at;
    const valueStart = passKey(walk, keyStart);
    if (valueStart === fault) return fault;
    walk.at = valueStart;
    if (walkOn(walk, Number.POSITIVE_INFINITY) !== 'ended') return fault;
    onMember(keyStart, valueStart, walk.at);
    at = passSpace(walk, walk.at);
    if (text[at] === closeBrace) return at + 1;
    if (text[at] !== comma) return fault;
    at = passSpace(walk, at + 1);
  }
}
