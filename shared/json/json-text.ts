// Reads JSON in its bytes, without building values. A parsed tree would round 64-bit integers and move keys that look
// like numbers. It would also take ten times the memory. The lake keeps the text as it was sent. All functions here
// expect text that `findJsonFault` accepts.

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

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

export function skipSpace(text: Uint8Array, at: number): number {
  while (isSpace(text[at])) at++;
  return at;
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Up to this many bytes a loop finds the end of a string faster than a search does. */
const shortString = 64;

/** From an opening quote to behind the closing one. */
export function stringEnd(text: Uint8Array, at: number): number {
  const short = at + shortString;
  for (at++; text[at] !== quote; at++) {
    if (text[at] === backslash) at++;
    if (at >= short) return longStringEnd(text, at + 1);
  }
  return at + 1;
}

/** `at` is inside the string, and no backslash escapes it. */
function longStringEnd(text: Uint8Array, at: number): number {
  for (;;) {
    const end = text.indexOf(quote, at);
    if (!isEscaped(text, at, end)) return end + 1;
    at = end + 1;
    // Escaped quotes come together. A search for each of them would cost seconds in a text of many megabytes.
    for (const near = at + shortString; at < near; at++) {
      if (text[at] === quote) return at + 1;
      if (text[at] === backslash) at++;
    }
  }
}

/** Whether an odd number of backslashes is directly before `at`, not before `from`. */
function isEscaped(text: Uint8Array, from: number, at: number): boolean {
  let start = at;
  while (start > from && text[start - 1] === backslash) start--;
  return (at - start) % 2 === 1;
}

/** From the first byte of a value to behind its last, without recursion and without keeping anything. */
export function valueEnd(text: Uint8Array, at: number): number {
  switch (text[at]) {
    case quote:
      return stringEnd(text, at);
    case openBrace:
    case openBracket:
      return nestedEnd(text, at);
    default:
      return plainEnd(text, at);
  }
}

function nestedEnd(text: Uint8Array, at: number): number {
  let depth = 0;
  for (; at < text.length; at++) {
    switch (text[at]) {
      case quote:
        at = stringEnd(text, at) - 1;
        break;
      case openBrace:
      case openBracket:
        depth++;
        break;
      case closeBrace:
      case closeBracket:
        if (--depth === 0) return at + 1;
    }
  }
  return at;
}

/** The end of a number, `true`, `false` or `null`. */
function plainEnd(text: Uint8Array, at: number): number {
  while (at < text.length && !endsPlain(text[at])) at++;
  return at;
}

function endsPlain(byte: number | undefined): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte);
}

/**
 * What stands in an object, by key; undefined where there is more than `most`. Of a key that stands twice the last one
 * counts, as everywhere in JSON.
 */
export function membersOf(text: Uint8Array, objectStart: number, most: number): Map<string, Member> | undefined {
  const members = new Map<string, Member>();
  for (const member of eachMember(text, objectStart)) {
    members.set(member.key, member);
    if (members.size > most) return undefined;
  }
  return members;
}

/** One member of an object, without keeping the others. */
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

/** An escape and UTF-8 only make a key longer: the length or the first letter excludes most other keys. */
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

/** From behind a key over its colon. */
function valueStart(text: Uint8Array, keyEnd: number): number {
  return skipSpace(text, skipSpace(text, keyEnd) + 1);
}

/** From behind a value over the comma, if one follows. */
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

/** The value there, as a JavaScript value. Only for the few small fields that the receiver itself reads. */
export function parseAt(text: Uint8Array, { start, end }: Span): unknown {
  return JSON.parse(bufferOf(text).toString('utf8', start, end));
}

/** The same bytes, as a buffer that can give strings. */
export function bufferOf(text: Uint8Array): Buffer {
  return Buffer.isBuffer(text) ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
