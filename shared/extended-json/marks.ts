// Where a document has what a format can write in another way. The check of a document passes all of it anyway, so it
// notes these places, and the writer looks at nothing else.
import { backslash, digitNine, quote } from '../json/json-bytes.ts';
import type { WalkWatcher } from '../json/json-fault.ts';
import { dollar, findPlainValue, type PlainValue } from './plain-value.ts';

/** The marks of one document after the other, in the same memory. */
export interface Marks {
  /** For each mark its place, and the three positions of a plain value. */
  readonly numbers: Int32Array;
  /** For each mark the kind of its plain value. Undefined for a number, and for an object that can be another type. */
  readonly kinds: (PlainValue['kind'] | undefined)[];
  count: number;
  /** False if a mark is missing: there are too many, or there is white space between tokens, which has none. */
  areWhole: boolean;
}

const numbersOfMark = 4;

export function newMarks(most: number): Marks {
  return { numbers: new Int32Array(most * numbersOfMark), kinds: Array(most), count: 0, areWhole: true };
}

export function clearMarks(marks: Marks): void {
  marks.count = 0;
  marks.areWhole = true;
}

/** Marks what the check of a text passes. It passes plain values itself. */
export function marking(marks: Marks): WalkWatcher {
  const found: PlainValue = { kind: 'integer', start: 0, end: 0, behind: 0 };

  function mark(at: number, kind: PlainValue['kind'] | undefined): void {
    const { numbers, kinds, count } = marks;
    if (count === kinds.length) {
      marks.areWhole = false;
      return;
    }
    const first = count * numbersOfMark;
    numbers[first] = at;
    numbers[first + 1] = found.start;
    numbers[first + 2] = found.end;
    numbers[first + 3] = found.behind;
    kinds[count] = kind;
    marks.count = count + 1;
  }

  return {
    passObject: (text, at) => {
      // Escaped, a first key can name a type too.
      if (text[at + 1] !== quote || (text[at + 2] !== dollar && text[at + 2] !== backslash)) return at;
      const isPlain = findPlainValue(text, at, found);
      mark(at, isPlain ? found.kind : undefined);
      return isPlain ? found.behind : at;
    },
    onPlain: (text, at) => {
      if ((text[at] ?? 0) <= digitNine) mark(at, undefined);
    },
    onOther: () => {
      marks.areWhole = false;
    },
  };
}

/** Goes through the marks of a document. */
export interface MarkReader {
  readonly marks: Marks;
  next: number;
}

/** The place of the first mark that is not before `at`. Undefined behind the last one. */
export function nextMark(reader: MarkReader, at: number): number | undefined {
  const { numbers, count } = reader.marks;
  while (reader.next < count && (numbers[reader.next * numbersOfMark] ?? 0) < at) reader.next++;
  return reader.next < count ? numbers[reader.next * numbersOfMark] : undefined;
}

/** Fills in the plain value of the next mark. False if there is none. */
export function markedPlain({ marks: { numbers, kinds }, next }: MarkReader, found: PlainValue): boolean {
  const kind = kinds[next];
  if (kind === undefined) return false;
  const first = next * numbersOfMark;
  found.kind = kind;
  found.start = numbers[first + 1] ?? 0;
  found.end = numbers[first + 2] ?? 0;
  found.behind = numbers[first + 3] ?? 0;
  return true;
}
