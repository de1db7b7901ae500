// A document that is whole in the piece of a file: nearly every one is. One pass finds its end, checks that it is JSON, and
// finds its `_id`.
import { isUtf8 } from 'node:buffer';
import { backslash, closeBrace, comma, quote, skipSpace } from '../../shared/json/json-bytes.ts';
import { maxDepth, type Walk, walkOn, walkOver } from '../../shared/json/json-fault.ts';
import { type Span, stringAt } from '../../shared/json/json-text.ts';
import { afterKey } from '../../shared/json/json-tokens.ts';

export interface WholeDocument {
  readonly end: number;
  readonly id: Span | undefined;
}

/** Levels of a document's values: the document itself is one more. */
const closers = new Uint8Array(maxDepth - 1);

/** Undefined where it ends in a later piece, or is not valid. */
export function wholeDocument(piece: Buffer, start: number): WholeDocument | undefined {
  const walk = walkOver(piece, closers);
  let id: Span | undefined;
  let at = skipSpace(piece, start + 1);
  if (piece[at] === closeBrace) return { end: at + 1, id };
  for (;;) {
    const keyStart = at;
    const valueStart = afterKey(piece, keyStart);
    const valueEnd = endOfValue(walk, valueStart);
    if (valueEnd < 0) return undefined;
    // Of a repeated key the last one counts.
    if (isId(piece, keyStart, valueStart)) id = { start: valueStart, end: valueEnd };
    at = skipSpace(piece, valueEnd);
    if (piece[at] !== comma) break;
    at = skipSpace(piece, at + 1);
  }
  const isWhole = piece[at] === closeBrace && isUtf8(piece.subarray(start, at + 1));
  return isWhole ? { end: at + 1, id } : undefined;
}

function endOfValue(walk: Walk, start: number): number {
  if (start < 0) return start;
  walk.at = start;
  return walkOn(walk, Number.POSITIVE_INFINITY) === 'ended' ? walk.at : -1;
}

/** `valueStart` is behind the colon. */
function isId(piece: Buffer, keyStart: number, valueStart: number): boolean {
  if (piece[keyStart + 1] === backslash) return stringAt(piece, keyStart, keyEnd(piece, valueStart)) === '_id';
  return (
    piece[keyStart + 1] === 0x5f &&
    piece[keyStart + 2] === 0x69 &&
    piece[keyStart + 3] === 0x64 &&
    piece[keyStart + 4] === quote
  );
}

function keyEnd(piece: Buffer, valueStart: number): number {
  return piece.lastIndexOf(quote, valueStart - 1) + 1;
}
