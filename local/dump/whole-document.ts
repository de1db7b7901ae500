// Checks a document that begins in a text. One pass finds its end, checks that it is JSON, and finds its `_id`.
import { clearMarks, type Marks, marking, newMarks } from '../../shared/extended-json/marks.ts';
import { backslash, quote } from '../../shared/json/json-bytes.ts';
import { maxDepth, walkAgain, walkOver } from '../../shared/json/json-fault.ts';
import { type Span, stringAt } from '../../shared/json/json-text.ts';
import { fault } from '../../shared/json/json-tokens.ts';
import { walkMembers } from '../../shared/json/walk-members.ts';

export interface WholeDocument {
  readonly end: number;
  readonly id: Span | undefined;
  readonly marks: Marks | undefined;
}

/** Levels of a document's values: the document itself is one more. */
const closers = new Uint8Array(maxDepth - 1);
/** A document with more is read twice. */
const marks = newMarks(4096);

/**
 * Returns a check for the documents of one file. It gives undefined if the document is cut or not valid. A zero must
 * follow the text. It does not check UTF-8.
 */
export function wholeDocuments(): (text: Buffer, start: number) => WholeDocument | undefined {
  const watcher = marking(marks);
  const walk = walkOver(Buffer.alloc(0), closers, watcher);
  let id: Span | undefined;
  // The last of a repeated key counts.
  const keepId = (keyStart: number, valueStart: number, valueEnd: number): void => {
    if (isId(walk.text, keyStart, valueStart)) id = { start: valueStart, end: valueEnd };
  };
  return (text, start) => {
    walkAgain(walk, text);
    clearMarks(marks);
    watcher.passObject(text, start);
    id = undefined;
    const end = walkMembers(walk, start, keepId);
    return end === fault ? undefined : { end, id, marks: marks.areWhole ? marks : undefined };
  };
}

/** `valueStart` is after the colon. */
function isId(text: Uint8Array, keyStart: number, valueStart: number): boolean {
  if (text[keyStart + 1] === backslash) return stringAt(text, keyStart, keyEnd(text, valueStart)) === '_id';
  return (
    text[keyStart + 1] === 0x5f &&
    text[keyStart + 2] === 0x69 &&
    text[keyStart + 3] === 0x64 &&
    text[keyStart + 4] === quote
  );
}

function keyEnd(text: Uint8Array, valueStart: number): number {
  return text.lastIndexOf(quote, valueStart - 1) + 1;
}
