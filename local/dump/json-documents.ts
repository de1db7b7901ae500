// A file of mongoexport: JSON documents with white space between them, or one array of them (`--jsonArray`), pretty or not.
import {
  backslash,
  closeBrace,
  closeBracket,
  comma,
  isSpace,
  openBrace,
  openBracket,
  quote,
} from '../../shared/json/json-bytes.ts';
import { findJsonFault } from '../../shared/json/json-fault.ts';
import type { Span } from '../../shared/json/json-text.ts';
import type { DumpDocument } from './dump-document.ts';
import { DumpFault } from './dump-fault.ts';
import { wholeDocument } from './whole-document.ts';

const lineFeed = 0x0a;
/** A document of 16 MB of BSON can be several times as long as text. */
const maxDocumentBytes = 256 * 1024 * 1024;

/** Yields the documents that end in each piece. */
export async function* jsonDocuments(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Iterable<DumpDocument>> {
  const cut = documentCutter();
  for await (const piece of pieces) yield cut.take(withZero(withoutMark(piece, cut.isAtStart())));
  cut.end();
}

function spanFrom(start: number, span: Span | undefined): Span | undefined {
  return span && { start: span.start - start, end: span.end - start };
}

function lineFeedsIn(text: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf(lineFeed, start); at >= 0 && at < end; at = text.indexOf(lineFeed, at + 1)) count++;
  return count;
}

/**
 * Checking a document that is cut stops at the zero. Without it the check would read behind the end, and the engine runs
 * code that has done so three times as slowly.
 */
function withZero(piece: Uint8Array): Buffer {
  const text = Buffer.allocUnsafeSlow(piece.length + 1);
  text.set(piece);
  text[piece.length] = 0;
  return text;
}

/** Editors on Windows put a byte order mark in front. */
function withoutMark(piece: Uint8Array, isAtStart: boolean): Uint8Array {
  const hasMark = isAtStart && piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf;
  return hasMark ? piece.subarray(3) : piece;
}

/** Finds where each document ends. It stops in the middle of one wherever a piece ends, and goes on there with the next. */
function documentCutter() {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isArray = false;
  let isArrayClosed = false;
  let isSeparated = true;
  let hasBegun = false;
  let line = 1;
  let startLine = 1;

  return { take, end, isAtStart: () => !hasBegun && line === 1 };

  function* take(withZero: Buffer): Generator<DumpDocument> {
    const piece = withZero.subarray(0, -1);
    let start = depth > 0 ? 0 : -1;
    for (let at = 0; at < piece.length; at++) {
      if (isInString) {
        at = behindString(piece, at) - 1;
        continue;
      }
      const byte = piece[at] ?? 0;
      const whole = start < 0 && byte === openBrace ? wholeDocument(withZero, at) : undefined;
      if (whole !== undefined) {
        beginDocument();
        depth = 0;
        line += lineFeedsIn(piece, at, whole.end);
        yield { text: piece.subarray(at, whole.end), place: `line ${startLine}`, id: spanFrom(at, whole.id) };
        at = whole.end - 1;
        continue;
      }
      if (byte === lineFeed) line++;
      if (depth > 0 && isInsideDocument(byte)) {
        yield documentOf(piece.subarray(start, at + 1));
        start = -1;
      } else if (start < 0 && byte === openBrace) {
        beginDocument();
        start = at;
      } else if (start < 0) between(byte);
    }
    if (start >= 0) hold(piece.subarray(start));
  }

  function beginDocument(): void {
    if (isArrayClosed || !isSeparated) throw fault('documents of an array must have one comma between them');
    hasBegun = true;
    depth = 1;
    startLine = line;
    isSeparated = !isArray;
  }

  /** Text between documents: white space, and the brackets and commas of an array. */
  function between(byte: number): void {
    if (isSpace(byte)) return;
    if (byte === openBracket && !hasBegun && !isArray) {
      isArray = true;
      hasBegun = true;
    } else if (byte === comma && isArray && !isSeparated && !isArrayClosed) isSeparated = true;
    else if (byte === closeBracket && isArray && !isArrayClosed) isArrayClosed = true;
    else throw fault('a document must be a JSON object');
  }

  /** True where this byte ends the document. */
  function isInsideDocument(byte: number): boolean {
    if (byte === quote) isInString = true;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) return --depth === 0;
    return false;
  }

  /** The end of the piece where the string goes on in the next. Texts are long: looking for the quote is what costs least. */
  function behindString(piece: Buffer, from: number): number {
    for (let at = from; ; ) {
      const found = piece.indexOf(quote, at);
      const end = found < 0 ? piece.length : found;
      const isQuoteEscaped = isEscapedAt(piece, from, end);
      isEscaped = found < 0 && isQuoteEscaped;
      if (found < 0) return end;
      at = found + 1;
      if (isQuoteEscaped) continue;
      isInString = false;
      return at;
    }
  }

  /** Whether an odd number of backslashes is before `end`, with one at the end of the previous piece. */
  function isEscapedAt(piece: Buffer, from: number, end: number): boolean {
    let start = end;
    while (start > from && piece[start - 1] === backslash) start--;
    const isOdd = (end - start) % 2 === 1;
    return start === from && isEscaped ? !isOdd : isOdd;
  }

  function documentOf(last: Uint8Array): DumpDocument {
    const text = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    const place = `line ${startLine}`;
    const found = findJsonFault(text);
    if (found !== undefined)
      throw new DumpFault(
        found === 'too-deep' ? 'a document must nest at most 256 levels' : 'a document must be valid JSON in UTF-8',
        place,
      );
    return { text, place };
  }

  function hold(rest: Uint8Array): void {
    heldBytes += rest.length;
    if (heldBytes > maxDocumentBytes) throw new DumpFault('a document must end within 256 MB', `line ${startLine}`);
    held.push(rest);
  }

  function end(): void {
    if (depth > 0) throw new DumpFault('the last document must be whole', `line ${startLine}`);
    if (isArray && !isArrayClosed) throw fault('the array must end with "]"');
  }

  function fault(requirement: string): DumpFault {
    return new DumpFault(requirement, `line ${line}`);
  }
}
