// Reads a file of mongoexport: JSON documents with white space between them, or one array (`--jsonArray`), pretty or
// not.
import { isUtf8 } from 'node:buffer';
import { closeBrace, openBrace } from '../../shared/json/json-bytes.ts';
import { findJsonFault } from '../../shared/json/json-fault.ts';
import { withoutMark } from './byte-order-mark.ts';
import { bracesEnd } from './cut-document.ts';
import { documentList } from './document-list.ts';
import type { DumpDocument, DumpReader } from './dump-document.ts';
import { DumpFault } from './dump-fault.ts';
import { lineCounter } from './line-counter.ts';
import { slidingText } from './sliding-text.ts';
import { wholeDocuments } from './whole-document.ts';

/** A document of 16 MB as BSON can be several times as long as text. */
const maxDocumentBytes = 256 * 1024 * 1024;
/**
 * The check of a cut document begins again at its start. So a long one must grow by this factor before the next check.
 */
const growth = 1.5;

export async function* jsonDocuments(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<DumpReader> {
  const sliding = slidingText();
  const lines = lineCounter();
  const list = documentList();
  let wantedBytes = 0;
  /** Everything before it is read. */
  let at = 0;

  for await (const piece of withoutMark(pieces)) {
    lines.pass(sliding.buffer(), at);
    sliding.drop(at);
    sliding.append(piece);
    at = 0;
    if (sliding.length() < wantedBytes) continue;
    yield { next: documentReader() };
    wantedBytes = (sliding.length() - at) * growth;
    if (sliding.length() - at > maxDocumentBytes) throw faultHere('a document must end within 256 MB');
  }
  if (at === 0) yield { next: documentReader() };
  if (at < sliding.length()) throw faultHere('a document must end with its closing brace');
  refuse(list.end());

  function documentReader(): () => DumpDocument | undefined {
    const text = sliding.buffer();
    const length = sliding.length();
    const wholeDocument = wholeDocuments(text);
    // A document ends with a brace, so no character is cut there.
    const isText = isUtf8(text.subarray(0, text.lastIndexOf(closeBrace, length - 1) + 1));
    const placeAt = (position: number): string => `line ${lines.lineAt(text, position)}`;

    return () => {
      for (; at < length && text[at] !== openBrace; at++) refuse(list.pass(text[at] ?? 0));
      if (at === length) return undefined;
      refuse(list.begin());
      const start = at;
      const whole = wholeDocument(start);
      if (whole === undefined || !(isText || isUtf8(text.subarray(start, whole.end)))) {
        const end = bracesEnd(text, start, length);
        if (end === undefined) return undefined;
        throw new DumpFault(whatIsWrong(text.subarray(start, end)), placeAt(start));
      }
      list.passDocument();
      at = whole.end;
      return { text, start, end: whole.end, id: whole.id, marks: whole.marks, placeAt };
    };
  }

  function refuse(requirement: string | undefined): void {
    if (requirement !== undefined) throw faultHere(requirement);
  }

  function faultHere(requirement: string): DumpFault {
    return new DumpFault(requirement, `line ${lines.lineAt(sliding.buffer(), at)}`);
  }
}

function whatIsWrong(document: Uint8Array): string {
  return findJsonFault(document) === 'too-deep'
    ? 'a document must nest at most 256 levels'
    : 'a document must be valid JSON in UTF-8';
}
