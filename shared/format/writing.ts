// A value on its way from a text into a file, token by token. Text that no token changes is copied in long spans.
import { type MarkReader, type Marks, markedPlain, nextMark } from '../extended-json/marks.ts';
import { isBareSpelling } from '../extended-json/numbers.ts';
import { integerAt, type PlainValue } from '../extended-json/plain-value.ts';
import type { ByteWriter } from '../json/byte-writer.ts';
import { bufferOf, type Span } from '../json/json-text.ts';
import { writeLongString } from '../json/needed-escapes.ts';
import { allAtOnce } from '../json/steps.ts';
import { stringEnd, valueEnd } from '../json/value-end.ts';
import type { ScopeKeys } from './code-with-scope.ts';
import type { Format, PlainFormat } from './format.ts';

/** A value that is being written. */
export interface Writing {
  readonly out: ByteWriter;
  readonly text: Buffer;
  readonly end: number;
  readonly format: Format;
  /** The next byte to look at. */
  at: number;
  /** All before it is written. */
  copied: number;
  scopes: ScopeKeys;
  nextScopeKey: number;
  readonly plain: PlainValue;
  /** Of the whole text. Undefined if each byte has to be looked at. */
  readonly marked: MarkReader | undefined;
  lastNumber: string;
  lastWritten: string;
}

const noScopes = new Float64Array();

export function writingOf(
  out: ByteWriter,
  source: Uint8Array,
  { start, end }: Span,
  format: Format,
  marks?: Marks,
): Writing {
  return {
    out,
    text: bufferOf(source),
    end,
    format,
    at: start,
    copied: start,
    scopes: { keys: noScopes, end: start },
    nextScopeKey: 0,
    plain: { kind: 'integer', start, end: start, behind: start },
    marked: marks && { marks, next: 0 },
    lastNumber: '',
    lastWritten: '',
  };
}

/** Whether it comes to a plain value. Renamed keys have no marks: then each byte is looked at. */
export function passToMark(writing: Writing, marked: MarkReader): boolean {
  if (writing.scopes.keys.length > 0) return false;
  // The marks are those of the whole document, and the span can be a part of it.
  writing.at = Math.min(nextMark(marked, writing.at) ?? writing.end, writing.end);
  return writing.at < writing.end && markedPlain(marked, writing.plain);
}

export function writeString(writing: Writing): void {
  const { text, at } = writing;
  const name = scopeNameAt(writing, at);
  if (name === undefined) writing.at = stringEnd(text, at);
  else replace(writing, name, stringEnd(text, at));
}

/** The new name of a key of code with a scope. */
function scopeNameAt(writing: Writing, at: number): string | undefined {
  const { keys } = writing.scopes;
  if (keys.length === 0) return undefined;
  while ((keys[writing.nextScopeKey] ?? Number.POSITIVE_INFINITY) < at * 2) writing.nextScopeKey++;
  const found = keys[writing.nextScopeKey];
  if (found === at * 2) return '"code"';
  return found === at * 2 + 1 ? '"scope"' : undefined;
}

/** Writes what `plain` has found. */
export function writePlain(writing: Writing, { number, text: quoting, date }: PlainFormat): void {
  const { text, plain } = writing;
  const { kind, start, end, behind } = plain;
  if (kind === 'date' && date !== 'copied') {
    replace(writing, '', behind);
    date(writing.out, integerAt(text, plain));
  } else if ((kind === 'objectId' || kind === 'decimal') && quoting === 'quoted')
    keepOnly(writing, start - 1, end + 1, behind);
  else if ((kind === 'integer' || kind === 'double') && number === 'bare') keepOnly(writing, start, end, behind);
  else writing.at = behind;
}

export function writeNumber(writing: Writing): void {
  const { text, at, format } = writing;
  const behind = valueEnd(text, at);
  writing.at = behind;
  if (!format.wrapsNumbers && isBareSpelling(text, at, behind)) return;
  const number = text.toString('latin1', at, behind);
  // Lists often repeat the same number.
  if (number !== writing.lastNumber) writing.lastWritten = format.number(number);
  writing.lastNumber = number;
  if (writing.lastWritten === number) return;
  writing.at = at;
  replace(writing, writing.lastWritten, behind);
}

/** Writes only a span of the text in between. */
function keepOnly(writing: Writing, start: number, end: number, behind: number): void {
  replace(writing, '', start);
  writing.at = end;
  replace(writing, '', behind);
}

export function replace(writing: Writing, written: string, behind: number): void {
  writing.out.copy(writing.text, writing.copied, writing.at);
  if (written !== '') writing.out.text(written);
  writing.at = behind;
  writing.copied = behind;
}

/**
 * Writes only the long string of an object with one member. Its JSON is made in pieces, because it can be megabytes.
 */
export function replaceByLongString(writing: Writing, string: Span, behind: number): void {
  replace(writing, '', behind);
  allAtOnce(writeLongString(writing.out, writing.text, string.start, string.end));
}
