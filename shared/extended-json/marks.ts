// Where a document has what a format can write in another way. The check of a document passes all of it anyway, so it
// notes these places, and the writer looks at nothing else.
import { backslash, digitNine, quote } from '../json/json-bytes.ts';
import type { WalkWatcher } from '../json/json-fault.ts';
import { dollar, findPlainValue, type PlainValue, plainKinds } from './plain-value.ts';

/** The marks of one document after the other, in the same memory. */
export interface Marks {
  /** For each mark its place, its kind as a number, and the three positions of a plain value. */
  readonly numbers: Int32Array;
  /** How many of the numbers are in use. */
  end: number;
  /** False if a mark is missing: there are too many, or there is white space between tokens, which has none. */
  areWhole: boolean;
}

const numbersOfMark = 5;
/** The kind of an object that can be a type in another spelling, and of a number. */
const toLookAt = plainKinds.length;

export function newMarks(most: number): Marks {
  return { numbers: new Int32Array(most * numbersOfMark), end: 0, areWhole: true };
}

export function clearMarks(marks: Marks): void {
  marks.end = 0;
  marks.areWhole = true;
}

/** Marks what the check of a text passes. It passes plain values itself. */
export function marking(text: Uint8Array, marks: Marks): WalkWatcher {
  const found: PlainValue = { kind: 'integer', start: 0, end: 0, behind: 0 };

  function mark(at: number, kind: number, behind: number): void {
    const { numbers, end } = marks;
    if (end === numbers.length) {
      marks.areWhole = false;
      return;
    }
    numbers[end] = at;
    numbers[end + 1] = kind;
    numbers[end + 2] = found.start;
    numbers[end + 3] = found.end;
    numbers[end + 4] = behind;
    marks.end = end + numbersOfMark;
  }

  return {
    passObject: (at) => {
      // Escaped, a first key can name a type too.
      if (text[at + 1] !== quote || (text[at + 2] !== dollar && text[at + 2] !== backslash)) return at;
      const isPlain = findPlainValue(text, at, found);
      mark(at, isPlain ? plainKinds.indexOf(found.kind) : toLookAt, found.behind);
      return isPlain ? found.behind : at;
    },
    onPlain: (at) => {
      if ((text[at] ?? 0) <= digitNine) mark(at, toLookAt, at);
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
  const { numbers, end } = reader.marks;
  while (reader.next < end && (numbers[reader.next] ?? 0) < at) reader.next += numbersOfMark;
  return reader.next < end ? numbers[reader.next] : undefined;
}

/** Fills in the plain value of the next mark. False if there is none. */
export function markedPlain({ marks: { numbers }, next }: MarkReader, found: PlainValue): boolean {
  const kind = plainKinds[numbers[next + 1] ?? toLookAt];
  if (kind === undefined) return false;
  found.kind = kind;
  found.start = numbers[next + 2] ?? 0;
  found.end = numbers[next + 3] ?? 0;
  found.behind = numbers[next + 4] ?? 0;
  return true;
}
