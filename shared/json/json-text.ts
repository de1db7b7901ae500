// Reads JSON in its bytes, without building values. A parsed tree would round 64-bit integers and move keys that look
// like numbers. It would also take ten times the memory. The lake keeps the text as it was sent. All functions here
// expect text that `findJsonFault` accepts.
import { backslash, closeBracket, comma, openBrace, quote, skipSpace } from './json-bytes.ts';
import { stringEnd, valueEnd } from './value-end.ts';

/** The span of a value: from `start` up to `end`, without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Member extends Span {
  readonly key: string;
  /** The span of the key, with its quotes. */
  readonly keyStart: number;
  readonly keyEnd: number;
}

/** The members of an object, by key. Undefined if there are more than `most`. Of a repeated key the last one counts. */
export function membersOf(text: Uint8Array, objectStart: number, most: number): Map<string, Member> | undefined {
  const members = new Map<string, Member>();
  for (const member of eachMember(text, objectStart)) {
    members.set(member.key, member);
    if (members.size > most) return undefined;
  }
  return members;
}

/** One member of an object. It keeps no others. */
export function memberOf(text: Uint8Array, objectStart: number, key: string): Member | undefined {
  let found: Member | undefined;
  for (let at = skipSpace(text, objectStart + 1); text[at] === quote; ) {
    const keyStart = at;
    const keyEnd = stringEnd(text, keyStart);
    const start = valueStart(text, keyEnd);
    const end = valueEnd(text, start);
    if (isKey(text, keyStart, keyEnd, key)) found = { key, keyStart, keyEnd, start, end };
    at = nextStart(text, end);
  }
  return found;
}

/** The member of a value. Undefined if the value is not an object. */
export function memberIn(text: Uint8Array, { start }: Span, key: string): Member | undefined {
  return text[start] === openBrace ? memberOf(text, start, key) : undefined;
}

/** Escapes and UTF-8 only make a key longer. So its length or its first letter excludes most keys. */
function isKey(text: Uint8Array, start: number, end: number, key: string): boolean {
  if (end - start - 2 < key.length) return false;
  const first = text[start + 1] ?? 0;
  if (first !== key.charCodeAt(0) && first !== backslash && first < 0x80) return false;
  return stringAt(text, start, end) === key;
}

function* eachMember(text: Uint8Array, objectStart: number): Generator<Member> {
  for (let at = skipSpace(text, objectStart + 1); text[at] === quote; ) {
    const keyStart = at;
    const keyEnd = stringEnd(text, keyStart);
    const start = valueStart(text, keyEnd);
    const end = valueEnd(text, start);
    yield { key: stringAt(text, keyStart, keyEnd), keyStart, keyEnd, start, end };
    at = nextStart(text, end);
  }
}

/** From the end of a key over its colon to the value. */
export function valueStart(text: Uint8Array, keyEnd: number): number {
  return skipSpace(text, skipSpace(text, keyEnd) + 1);
}

/** From the end of a value over the comma, if there is one. */
function nextStart(text: Uint8Array, valueEnd: number): number {
  const at = skipSpace(text, valueEnd);
  return text[at] === comma ? skipSpace(text, at + 1) : at;
}

/** The elements of an array, in order. Undefined if there are more than `most`. */
export function elementsOf(text: Uint8Array, arrayStart: number, most: number): Span[] | undefined {
  const elements: Span[] = [];
  let at = skipSpace(text, arrayStart + 1);
  while (text[at] !== closeBracket) {
    if (elements.length === most) return undefined;
    const end = valueEnd(text, at);
    elements.push({ start: at, end });
    at = nextStart(text, end);
  }
  return elements;
}

/** The string between two quotes, with its escapes resolved. */
export function stringAt(text: Uint8Array, start: number, end: number): string {
  const raw = bufferOf(text).toString('utf8', start + 1, end - 1);
  return raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
}

/**
 * The value as a JavaScript value. It rounds numbers, so it is only for small fields that the receiver itself reads.
 */
export function parseAt(text: Uint8Array, { start, end }: Span): unknown {
  return JSON.parse(bufferOf(text).toString('utf8', start, end));
}

/** The same bytes, as a buffer that can give strings. */
export function bufferOf(text: Uint8Array): Buffer {
  return Buffer.isBuffer(text) ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}
