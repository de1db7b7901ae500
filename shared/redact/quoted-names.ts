// Splits text at separators, except inside JSON's double quotes.
import { findJsonFault } from '../json/json-fault.ts';

export function splitAt(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (isQuoted && text[at] === '\\') at++;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** The name, bare or quoted as a whole. Undefined if it is empty, or quoted in another way. */
export function nameIn(text: string): string | undefined {
  const name = text.trim();
  if (!name.includes('"')) return name === '' ? undefined : name;
  const isString = name.startsWith('"') && findJsonFault(Buffer.from(name)) === undefined;
  return isString ? String(JSON.parse(name)) : undefined;
}
