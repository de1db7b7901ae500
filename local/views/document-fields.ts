// The members of an object, each key once. The last of a repeated key counts, as everywhere in JSON.
import { type Member, membersOf } from '../../shared/json/json-text.ts';

/** A document of 16 MB cannot have more. */
const mostMembers = 4_000_000;

export function memberSpans(text: Uint8Array, objectStart: number): Iterable<Member> {
  return membersOf(text, objectStart, mostMembers)?.values() ?? [];
}
