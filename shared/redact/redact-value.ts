// Redacts the text of a document. Each byte is read once, and no tree is built.
import { openBrace, openBracket } from '../json/json-bytes.ts';
import { type Span, stringAt, valueStart } from '../json/json-text.ts';
import type { Steps } from '../json/steps.ts';
import { stringEnd, valueEnd } from '../json/value-end.ts';
import { type Edit, editItems, type Taken } from './edit.ts';
import { follow, type PathTree } from './rules.ts';

/** The hash that replaces a value. In steps if the value is long. */
export type HashOf = (text: Uint8Array, value: Span) => string | Steps<string>;

/** Returns the end of the value. Recursion goes as deep as the text: at most 256 levels. */
export function* redactValue(edit: Edit, start: number, paths: PathTree, hashOf: HashOf): Steps<number> {
  switch (edit.text[start]) {
    case openBrace:
      return yield* editItems(edit, start, (at) => redactMember(edit, at, paths, hashOf));
    case openBracket:
      return yield* editItems(edit, start, (at) => redactItem(edit, at, paths, hashOf));
    default:
      return valueEnd(edit.text, start);
  }
}

export function redactMember(edit: Edit, keyStart: number, paths: PathTree, hashOf: HashOf): Taken | Steps<Taken> {
  const { text } = edit;
  const { key, start } = memberAt(text, keyStart);
  const found = follow(paths, key);
  if (found === undefined) return { end: valueEnd(text, start), stays: true };
  switch (found.action) {
    case undefined:
      return redactItem(edit, start, found, hashOf);
    case 'drop':
      return { end: valueEnd(text, start), stays: false };
    case 'mask': {
      const end = valueEnd(text, start);
      edit.replace(start, end, '"***"');
      return { end, stays: true };
    }
    case 'hash':
      return hashMember(edit, start, hashOf);
  }
}

/** An empty value takes no steps, because there can be millions of them. */
function redactItem(edit: Edit, start: number, paths: PathTree, hashOf: HashOf): Taken | Steps<Taken> {
  const first = edit.text[start];
  if (first !== openBrace && first !== openBracket) return { end: valueEnd(edit.text, start), stays: true };
  return stayingValue(redactValue(edit, start, paths, hashOf));
}

export function* stayingValue(value: Steps<number>): Steps<Taken> {
  return { end: yield* value, stays: true };
}

function hashMember(edit: Edit, start: number, hashOf: HashOf): Taken | Steps<Taken> {
  const end = valueEnd(edit.text, start);
  const hash = hashOf(edit.text, { start, end });
  if (typeof hash !== 'string') return hashLongMember(edit, { start, end }, hash);
  edit.replace(start, end, hash);
  return { end, stays: true };
}

function* hashLongMember(edit: Edit, { start, end }: Span, hash: Steps<string>): Steps<Taken> {
  edit.replace(start, end, yield* hash);
  return { end, stays: true };
}

export function memberAt(text: Uint8Array, keyStart: number): { key: string; start: number } {
  const keyEnd = stringEnd(text, keyStart);
  return { key: stringAt(text, keyStart, keyEnd), start: valueStart(text, keyEnd) };
}
