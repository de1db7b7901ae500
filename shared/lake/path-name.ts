// One folder or file name made of text that came from data: a database, a collection. Injective, safe on every file system
// and store, and never skipped by a reader of the lake.
import { hash } from 'node:crypto';

const maxLength = 80;

/**
 * Keeps `[A-Za-z0-9._-]`; every other byte of its UTF-8 becomes `~XX`, as do a leading `_` or `.`, which lake readers skip,
 * and a trailing `.`, which Azure forbids. Not `%XX`: tools of the lake decode that, some of them twice.
 */
export function pathName(text: string): string {
  const name = text.replaceAll(/^[._]|[^A-Za-z0-9._-]|\.$/gu, escapeCharacter);
  return name.length > maxLength ? `${name.slice(0, maxLength)}~${sha256Hex(name).slice(0, 16)}` : name;
}

/** In the place of a name that an event does not have. No name encodes to it. */
export const noName = '~';

export function sha256Hex(text: string): string {
  return hash('sha256', text);
}

function escapeCharacter(character: string): string {
  return utf8Of(character).reduce((name, byte) => `${name}~${byte.toString(16).toUpperCase().padStart(2, '0')}`, '');
}

/** Half of a surrogate pair has no UTF-8; Buffer would turn each into the same replacement character, and two names into one. */
function utf8Of(character: string): readonly number[] {
  const unit = character.charCodeAt(0);
  if (character.length > 1 || unit < 0xd800 || unit > 0xdfff) return [...Buffer.from(character)];
  return [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
}
