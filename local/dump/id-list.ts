// Reads a file with an array of `_id`s in Extended JSON, piece by piece. A list of many ids does not fit in memory.
import { closeBrace, closeBracket, isSpace, openBracket } from '../../shared/json/json-bytes.ts';
import { findJsonFault } from '../../shared/json/json-fault.ts';
import { withoutMark } from './byte-order-mark.ts';
import { elementEnd } from './cut-document.ts';
import { DumpFault } from './dump-fault.ts';
import { slidingText } from './sliding-text.ts';

interface Reading {
  part: 'its beginning' | 'ids' | 'its end';
  count: number;
}

/** Yields the ids that end in a piece, each as a separate text. */
export async function* idList(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Buffer[]> {
  const sliding = slidingText();
  const now: Reading = { part: 'its beginning', count: 0 };
  /** Everything before it is read. */
  let at = 0;

  for await (const piece of withoutMark(pieces)) {
    sliding.drop(at);
    sliding.append(piece);
    at = 0;
    yield idsHere(sliding.buffer(), sliding.length());
  }
  if (now.part !== 'its end') throw faultAt(now.part === 'ids' ? 'its end' : now.part);

  function idsHere(text: Buffer, length: number): readonly Buffer[] {
    const ids: Buffer[] = [];
    if (now.part === 'its beginning') {
      at = spaceEnd(text, at, length);
      if (at === length) return ids;
      if (text[at++] !== openBracket) throw faultAt(now.part);
      now.part = 'ids';
    }
    while (now.part === 'ids') {
      const end = elementEnd(text, at, length);
      if (end === undefined) return ids;
      const start = spaceEnd(text, at, end);
      const isEmptyArray = start === end && text[end] === closeBracket && now.count === 0;
      if (!isEmptyArray) ids.push(idIn(text, start, end));
      at = end + 1;
      if (text[end] === closeBracket) now.part = 'its end';
    }
    at = spaceEnd(text, at, length);
    if (at < length) throw faultAt(now.part);
    return ids;
  }

  function idIn(text: Buffer, start: number, end: number): Buffer {
    now.count++;
    const id = Buffer.from(text.subarray(start, end));
    if (text[end] === closeBrace || findJsonFault(id) !== undefined) throw faultAt(`element ${now.count}`);
    return id;
  }
}

function spaceEnd(text: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text[at])) at++;
  return at;
}

function faultAt(place: string): DumpFault {
  return new DumpFault('the file must be an array of "_id"s in Extended JSON', place);
}
