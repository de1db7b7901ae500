// A copy of a JSON value with parts of it left out or replaced, in one pass: what is between goes over as it stands.
import type { ByteWriter } from '../json/byte-writer.ts';
import { closeBrace, closeBracket, comma, skipSpace } from '../json/json-text.ts';
import { type Steps, valuesPerStep } from '../json/steps.ts';

export interface Edit {
  readonly text: Uint8Array;
  /** Always behind what was replaced before. */
  readonly replace: (start: number, end: number, by: string) => void;
  /** Copies the rest; whether anything was replaced. */
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

/** Takes one after the other what stands in an object or array, and leaves out what does not stay, with one comma. */
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
    // What stays has the comma of the item that goes in front of it: only the first has none to give up.
    if (!stays && noneStays) edit.replace(at, next, '');
    else if (!stays) edit.replace(commaBefore, end, '');
    noneStays &&= !stays;
    commaBefore = behind;
    at = next;
  }
  return at + 1;
}
