import { byteLength } from './byte-length.ts';

const maxLineBytes = 511;

/** One line of less than 512 bytes, where Atlas cuts. Counts, names and digests; never a document, token, key or secret. */
export function logLine<T extends object>(line: T): T {
  // A character takes up to six bytes, as JSON writes some.
  const lines = [100, 50, 25, 10].map((most) => cutLine(line, most));
  const fitting = lines.find((text) => byteLength(text) <= maxLineBytes);
  if (fitting !== undefined) console.log(fitting);
  return line;
}

function cutLine(line: object, most: number): string {
  return JSON.stringify(line, (_, value) => (typeof value === 'string' ? value.slice(0, most) : value));
}
