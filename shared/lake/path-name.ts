// Turns a name from data, such as a database or a collection, into a folder name, and reads it back. Different names
// stay different. A folder name is safe on every file system and store, and no reader of a lake skips it.
import { hash } from 'node:crypto';

const maxLength = 80;

/**
 * Keeps `[A-Za-z0-9._-]`. Every other byte of UTF-8 becomes `~XX`. So do a leading `_` or `.`, because lake readers
 * skip such names, and a trailing `.`, because Azure forbids it. `%XX` would not work: some tools decode it, even
 * twice.
 */
export function pathName(text: string): string {
  const name = text.replaceAll(/^[._]|[^A-Za-z0-9._-]|\.$/gu, escapeCharacter);
  return name.length > maxLength ? `${name.slice(0, maxLength)}~${sha256Hex(name).slice(0, 16)}` : name;
}

/** Replaces a missing name. No name encodes to it. */
export const noName = '~';

/** The form of names that `pathName` writes. */
const pathNameForm = /^(?![_.])(?:[A-Za-z0-9._-]|~[0-9A-F]{2})*(?:~?[0-9A-F]?~[0-9a-f]{16})?$/;

/**
 * Whether a folder can be that of a database or a collection. Excludes `~refused`, `_delta_log` and `date=2026-11-20`.
 */
export function isNameFolder(folder: string): boolean {
  return folder === noName || (folder !== '' && pathNameForm.test(folder));
}

/** Undefined for a name that was cut, and for half of a surrogate pair: only the events have their text. */
export function textOfName(name: string): string | undefined {
  if (name.length > maxLength) return undefined;
  try {
    return decodeURIComponent(name.replaceAll(/~([0-9A-F]{2})/g, '%$1'));
  } catch {
    return undefined;
  }
}

/** For people. Null for the folder of events without a name. A folder without a text stays as it is. */
export function nameOfFolder(folder: string): string | null {
  return folder === noName ? null : (textOfName(folder) ?? folder);
}

export function sha256Hex(text: string): string {
  return hash('sha256', text);
}

function escapeCharacter(character: string): string {
  return utf8Of(character).reduce((name, byte) => `${name}~${byte.toString(16).toUpperCase().padStart(2, '0')}`, '');
}

/**
 * Half of a surrogate pair has no UTF-8. Buffer would replace all of them by one character, and two names could clash.
 */
function utf8Of(character: string): readonly number[] {
  const unit = character.charCodeAt(0);
  if (character.length > 1 || unit < 0xd800 || unit > 0xdfff) return [...Buffer.from(character)];
  return [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
}
