// Reads a file of mongoexport: JSON documents with white space between them, or one array (`--jsonArray`), pretty or
// not.
import { isUtf8 } from 'node:buffer';
import { closeBrace, lineFeed, openBrace } from '../../shared/json/json-bytes.ts';
import { findJsonFault } from '../../shared/json/json-fault.ts';
import { withoutMark } from './byte-order-mark.ts';
import { bracesEnd } from './cut-document.ts';
import { documentList } from './document-list.ts';
import type { DumpDocument, DumpReader } from './dump-document.ts';
import { DumpFault } from './dump-fault.ts';
import { type SlidingText, slidingText } from './sliding-text.ts';
import { wholeDocuments } from './whole-document.ts';

/** A document of 16 MB as BSON can be several times as long as text. */
const maxDocumentBytes = 256 * 1024 * 1024;
/**
 * The check of a cut document begins again at its start. So a long one must grow by this factor before the next check.
 */
const growth = 1.5;

export async function* jsonDocuments(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<DumpReader> {
  const sliding = slidingText();
  const list = documentList();
  const wholeDocument = wholeDocuments();
  const reader: DumpReader = { next: nextDocument };
  let wantedBytes = 0;
  /** Everything before it is read. */
  let at = 0;
  /** The line of this position. */
  let line = 1;
  /** Where the last document begins. */
  let start = 0;
  let startLine = 1;
  /** No document from here on is read yet. */
  let until = 0;
  /** Whether the bytes up to the last brace are UTF-8. A document ends there, so no character is cut. */
  let isText = true;

  for await (const piece of withoutMark(pieces)) {
    sliding.drop(at);
    sliding.append(piece);
    at = 0;
    if (sliding.length() < wantedBytes) continue;
    yield readerUntil(readableEnd(sliding));
    wantedBytes = (sliding.length() - at) * growth;
    if (sliding.length() - at > maxDocumentBytes) throw faultHere('a document must end within 256 MB');
  }
  yield readerUntil(sliding.length());
  if (at < sliding.length()) throw faultHere('a document must end with its closing brace');
  refuse(list.end());

  function readerUntil(position: number): DumpReader {
    const text = sliding.buffer();
    until = position;
    isText = isUtf8(text.subarray(0, text.lastIndexOf(closeBrace, sliding.length() - 1) + 1));
    return reader;
  }

  function nextDocument(): DumpDocument | undefined {
    const text = sliding.buffer();
    for (; at < until && text[at] !== openBrace; at++) {
      refuse(list.pass(text[at] ?? 0));
      if (text[at] === lineFeed) line++;
    }
    if (at >= until) return undefined;
    refuse(list.begin());
    start = at;
    startLine = line;
    const whole = wholeDocument(text, start);
    if (whole === undefined || !(isText || isUtf8(text.subarray(start, whole.end)))) {
      const end = bracesEnd(text, start, sliding.length());
      if (end === undefined) return undefined;
      throw new DumpFault(whatIsWrong(text.subarray(start, end)), placeAt(start));
    }
    list.passDocument();
    // A document without white space between its tokens has no line feed.
    if (whole.marks === undefined) line += lineFeedsIn(text, start, whole.end);
    at = whole.end;
    return { text, start, end: whole.end, id: whole.id, marks: whole.marks, placeAt };
  }

  /** Of a position in the last document. */
  function placeAt(position: number): string {
    return `line ${startLine + lineFeedsIn(sliding.buffer(), start, position)}`;
  }

  function refuse(requirement: string | undefined): void {
    if (requirement !== undefined) throw faultHere(requirement);
  }

  function faultHere(requirement: string): DumpFault {
    return new DumpFault(requirement, `line ${line}`);
  }
}

/**
 * The end of the last whole line, or of the text if it can be the end of a document. Most dumps have a document in each
 * line. A cut one is not checked: each new way to end it would make the engine compile the check again.
 */
function readableEnd(sliding: SlidingText): number {
  const last = sliding.length() - 1;
  const text = sliding.buffer();
  const lineEnd = text[last] === closeBrace ? 0 : text.lastIndexOf(lineFeed, last) + 1;
  return lineEnd === 0 ? sliding.length() : lineEnd;
}

function whatIsWrong(document: Uint8Array): string {
  return findJsonFault(document) === 'too-deep'
    ? 'a document must nest at most 256 levels'
    : 'a document must be valid JSON in UTF-8';
}

function lineFeedsIn(text: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf(lineFeed, start); at >= 0 && at < end; at = text.indexOf(lineFeed, at + 1)) count++;
  return count;
}
