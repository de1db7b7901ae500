// A document that is whole in the piece of a file: nearly every one is. One pass finds its end, checks that it is JSON, and
// finds its `_id`.
import { isUtf8 } from 'node:buffer';
import { backslash, quote } from '../../shared/json/json-bytes.ts';
import { maxDepth, walkOver } from '../../shared/json/json-fault.ts';
import { type Span, stringAt } from '../../shared/json/json-text.ts';
import { fault } from '../../shared/json/json-tokens.ts';
import { walkMembers } from '../../shared/json/walk-members.ts';

export interface WholeDocument {
  readonly end: number;
  readonly id: Span | undefined;
}

/** Levels of a document's values: the document itself is one more. */
const closers = new Uint8Array(maxDepth - 1);

/** Undefined where it ends in a later piece, or is not valid. */
export function wholeDocument(piece: Buffer, start: number): WholeDocument | undefined {
  let id: Span | undefined;
  const end = walkMembers(walkOver(piece, closers), start, (keyStart, valueStart, valueEnd) => {
    // Of a repeated key the last one counts.
    if (isId(piece, keyStart, valueStart)) id = { start: valueStart, end: valueEnd };
  });
  return end !== fault && isUtf8(piece.subarray(start, end)) ? { end, id } : undefined;
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
