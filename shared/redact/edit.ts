// Copies a JSON value in one pass, and leaves out or replaces parts of it. All other text is copied unchanged.
import type { ByteWriter } from '../json/byte-writer.ts';
import { closeBrace, closeBracket, comma, skipSpace } from '../json/json-bytes.ts';
import { type Steps, valuesPerStep } from '../json/steps.ts';

export interface Edit {
  readonly text: Uint8Array;
  /** Call it in the order of the text. */
  readonly replace: (start: number, end: number, by: string) => void;
  /** Copies the rest. Returns whether anything was replaced. */
  readonly finish: (end: number) => boolean;
}

export function editOf(out: ByteWriter, text: Uint8Array, start: number): Edit {
  let copied = start;
  let isChanged = false;
  return {
    text,
    replace: (from, to, by) => {
      out.copy(text, copied, from);
      out.text(by);
      copied = to;
      isChanged = true;
    },
    finish: (end) => {
      out.copy(text, copied, end);
      return isChanged;
    },
  };
}

/** Where a member or an element ends, and whether it stays. */
export interface Taken {
  readonly end: number;
  readonly stays: boolean;
}

/** Visits the items of an object or array in turn. A removed item takes one comma with it. */
export function* editItems(
  edit: Edit,
  start: number,
  take: (itemStart: number) => Taken | Steps<Taken>,
): Steps<number> {
  const { text } = edit;
  let at = skipSpace(text, start + 1);
  let commaBefore = at;
  let noneStays = true;
  let items = 0;
  while (text[at] !== closeBrace && text[at] !== closeBracket) {
    if (++items % valuesPerStep === 0) yield;
    const taken = take(at);
    const { end, stays } = 'next' in taken ? yield* taken : taken;
    const behind = skipSpace(text, end);
    const next = text[behind] === comma ? skipSpace(text, behind + 1) : behind;
    // An item keeps the comma before it. Only the first item has no comma before it.
    if (!stays && noneStays) edit.replace(at, next, '');
    else if (!stays) edit.replace(commaBefore, end, '');
    noneStays &&= !stays;
    commaBefore = behind;
    at = next;
  }
  return at + 1;
}
