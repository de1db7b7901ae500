// The smallest and the largest value of a column: for each row group (Parquet), and for the file (Delta).
import type { Statistics } from './format.ts';
import { maxStatisticBytes } from './parquet-file.ts';

export interface ColumnRange<T> {
  readonly add: (value: T) => void;
  /** The statistics of the values since the last row group. */
  readonly endGroup: () => Statistics;
  /** The range of all finished row groups. */
  readonly whole: () => WholeRange;
}

export interface WholeRange {
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly nulls: number;
}

/** Engines compare texts by UTF-8 bytes, and JavaScript by UTF-16. Both agree on ASCII, and resume tokens are ASCII. */
export function textRange(): ColumnRange<string> {
  let group = rangeOf<string>();
  let file = rangeOf<string>();
  let isAscii = true;
  let isFileAscii = true;
  return {
    add: (text) => {
      group = widened(group, text);
      if (isAscii && !/^[\x20-\x7e]*$/.test(text)) isAscii = false;
    },
    endGroup: () => {
      const { min, max } = group;
      const isKnown = isAscii && min !== undefined && max !== undefined;
      if (min !== undefined && max !== undefined) file = widened(widened(file, min), max);
      isFileAscii &&= isAscii;
      group = rangeOf();
      isAscii = true;
      return isKnown ? { min_value: min, max_value: max, null_count: 0n } : { null_count: 0n };
    },
    whole: () => ({
      min: isFileAscii ? file.min?.slice(0, maxStatisticBytes) : undefined,
      max: isFileAscii && file.max !== undefined ? cutUp(file.max) : undefined,
      nulls: 0,
    }),
  };
}

/**
 * The last kept character is raised, so the text is still an upper bound. `~` is the largest printable ASCII character.
 */
function cutUp(text: string): string {
  return text.length <= maxStatisticBytes ? text : `${text.slice(0, maxStatisticBytes)}\x7f`;
}

/** The range of times, in milliseconds since 1970. */
export function timeRange(): ColumnRange<number | null> {
  let group = rangeOf<number>();
  let file = rangeOf<number>();
  let nulls = 0;
  let fileNulls = 0;
  return {
    add: (ms) => {
      if (ms === null) nulls++;
      else group = widened(group, ms);
    },
    endGroup: () => {
      const { min, max } = group;
      const isKnown = min !== undefined && max !== undefined;
      const statistics = {
        ...(isKnown && { min_value: BigInt(min) * 1000n, max_value: BigInt(max) * 1000n }),
        null_count: BigInt(nulls),
      };
      if (isKnown) file = widened(widened(file, min), max);
      fileNulls += nulls;
      group = rangeOf();
      nulls = 0;
      return statistics;
    },
    whole: () => ({ min: isoOf(file.min), max: isoOf(file.max), nulls: fileNulls }),
  };
}

interface Range<T> {
  readonly min: T | undefined;
  readonly max: T | undefined;
}

function rangeOf<T>(): Range<T> {
  return { min: undefined, max: undefined };
}

/** Returns the same object if the value is within the range, as it nearly always is. */
function widened<T extends string | number>(range: Range<T>, value: T): Range<T> {
  const { min, max } = range;
  if (min === undefined || max === undefined) return { min: value, max: value };
  if (value < min) return { min: value, max };
  return value > max ? { min, max: value } : range;
}

function isoOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
