// Writes one flat column of a row group, value by value. Bytes go from the line of the lake into a page. A full page is
// compressed at once. Nothing else of a row stays in memory.

import type { SchemaElement, Statistics } from './format.ts';
import { levelBytes } from './levels.ts';
import { maxPageBytes, pagesOfColumn, type WrittenChunk } from './page.ts';

export interface ColumnWriter {
  readonly addBytes: (value: Uint8Array | null) => void;
  readonly addText: (value: string) => void;
  /** For a column that mostly repeats the value of the row before. */
  readonly addRepeated: (value: string | null) => void;
  /** Milliseconds since 1970, written as microseconds. */
  readonly addTime: (ms: number | null) => void;
  /** Ends the row group. The writer continues with the next one. */
  readonly end: (statistics?: Statistics) => WrittenChunk;
}

const firstBytes = 4_096;
/** The most UTF-8 bytes of one UTF-16 unit. */
const maxBytesOfUnit = 3;
/** For a few bytes, a loop is faster than a call. */
const fewBytes = 64;

export function columnWriter({ name, type }: SchemaElement): ColumnWriter {
  const pages = pagesOfColumn();
  let page = Buffer.allocUnsafeSlow(firstBytes);
  let at = 0;
  let levels = new Uint8Array(128);
  let count = 0;
  let nulls = 0;
  let last: { readonly text: string; readonly bytes: Uint8Array } = { text: '', bytes: new Uint8Array() };

  return {
    addBytes,
    addText: (value) => {
      reserve(4 + value.length * maxBytesOfUnit);
      const length = page.write(value, at + 4);
      at = page.writeUInt32LE(length, at) + length;
      addLevel(1);
    },
    addRepeated: (value) => {
      if (value !== null && value !== last.text) last = { text: value, bytes: Buffer.from(value) };
      addBytes(value === null ? null : last.bytes);
    },
    addTime: (ms) => {
      if (ms !== null) {
        reserve(8);
        at = writeMicros(page, at, ms);
      }
      addLevel(ms === null ? 0 : 1);
    },
    end: (statistics) => {
      closePage();
      return pages.finish({ type, path: [name], statistics });
    },
  };

  function addBytes(value: Uint8Array | null): void {
    if (value === null) {
      addLevel(0);
      return;
    }
    const { length } = value;
    if (4 + length > maxPageBytes) {
      addLarge(value);
      return;
    }
    reserve(4 + length);
    at = page.writeUInt32LE(length, at);
    if (length > fewBytes) page.set(value, at);
    else for (let byte = 0; byte < length; byte++) page[at + byte] = value[byte] ?? 0;
    at += length;
    addLevel(1);
  }

  /** Such a value is compressed without a copy, because a copy of 16 MB would be in memory too. */
  function addLarge(value: Uint8Array): void {
    if (count > 0) closePage();
    const length = Buffer.alloc(4);
    length.writeUInt32LE(value.length);
    addLevel(1);
    pages.add(1, [levelBytes(levels, 1, 0), length, value]);
    count = 0;
  }

  /** 1: there is a value. */
  function addLevel(level: 0 | 1): void {
    if (count === levels.length) {
      const longer = new Uint8Array(2 * count);
      longer.set(levels);
      levels = longer;
    }
    levels[count++] = level;
    if (level === 0) nulls++;
  }

  function reserve(bytes: number): void {
    if (count > 0 && at + bytes > maxPageBytes) closePage();
    if (at + bytes <= page.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(at + bytes, 2 * page.length));
    page.copy(larger, 0, 0, at);
    page = larger;
  }

  function closePage(): void {
    if (count > 0) pages.add(count, [levelBytes(levels, count, nulls), page.subarray(0, at)]);
    at = 0;
    count = 0;
    nulls = 0;
  }
}

const wordValues = 0x1_0000_0000;

/** Two words, because a number cannot hold all microseconds. A BigInt for each time would cost more than the rest. */
function writeMicros(page: Buffer, at: number, ms: number): number {
  const low = (ms % wordValues) * 1000;
  page.writeUInt32LE(low % wordValues, at);
  return page.writeUInt32LE(Math.floor(ms / wordValues) * 1000 + Math.floor(low / wordValues), at + 4);
}
