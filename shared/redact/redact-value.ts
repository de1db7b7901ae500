// What the rules make of a document, in its text. Each byte is looked at once, and nothing is built of it.
import { openBrace, openBracket, type Span, skipSpace, stringAt, stringEnd, valueEnd } from '../json/json-text.ts';
import { type Edit, editItems, type Taken } from './edit.ts';
import { follow, type PathTree } from './rules.ts';

/** What `hash` writes in place of a value. */
export type HashOf = (text: Uint8Array, value: Span) => string;

/** Where the value ends. Recursion goes as deep as the text, which has at most 256 levels. */
export function redactValue(edit: Edit, start: number, paths: PathTree, hashOf: HashOf): number {
  switch (edit.text[start]) {
    case openBrace:
      return editItems(edit, start, (at) => redactMember(edit, at, paths, hashOf));
    case openBracket:
      return editItems(edit, start, (at) => ({ end: redactValue(edit, at, paths, hashOf), stays: true }));
    default:
      return valueEnd(edit.text, start);
  }
}

export function redactMember(edit: Edit, keyStart: number, paths: PathTree, hashOf: HashOf): Taken {
  const { text } = edit;
  const { key, start } = memberAt(text, keyStart);
  const found = follow(paths, key);
  if (found === undefined) return { end: valueEnd(text, start), stays: true };
  if (found.action === undefined) return { end: redactValue(edit, start, found, hashOf), stays: true };
  const end = valueEnd(text, start);
  if (found.action === 'mask') edit.replace(start, end, '"***"');
  if (found.action === 'hash') edit.replace(start, end, hashOf(text, { start, end }));
  return { end, stays: found.action !== 'drop' };
}

export function memberAt(text: Uint8Array, keyStart: number): { key: string; start: number } {
  const keyEnd = stringEnd(text, keyStart);
  return { key: stringAt(text, keyStart, keyEnd), start: skipSpace(text, skipSpace(text, keyEnd) + 1) };
}
