// One flat column of a row group, value by value: bytes go from the line of the lake into the page, and a page that is full is
// compressed at once. Nothing else is held of a row.

import type { SchemaElement, Statistics } from './format.ts';
import { maxPageBytes, type PlacedChunk, pagesOfColumn } from './page.ts';

export interface ColumnWriter {
  readonly addBytes: (value: Uint8Array | null) => void;
  readonly addText: (value: string) => void;
  /** Of a column that mostly holds what it held in the row before. */
  readonly addRepeated: (value: string | null) => void;
  readonly addLong: (value: bigint | null) => void;
  /** The row group's; the writer goes on with the next one. */
  readonly end: (statistics?: Statistics) => PlacedChunk;
}

const firstBytes = 65_536;
/** In UTF-8, of a character of UTF-16. */
const maxBytesOfCharacter = 3;
/** A loop copies so few bytes faster than a call. */
const fewBytes = 64;

export function columnWriter({ name, type }: SchemaElement): ColumnWriter {
  let pages = pagesOfColumn();
  let page = Buffer.allocUnsafe(firstBytes);
  let at = 0;
  let levels = new Uint8Array(1024);
  let count = 0;
  let nulls = 0;
  let last: { readonly text: string; readonly bytes: Uint8Array } = { text: '', bytes: new Uint8Array() };

  return {
    addBytes,
    addText: (value) => {
      reserve(4 + value.length * maxBytesOfCharacter);
      const length = page.write(value, at + 4);
      at = page.writeUInt32LE(length, at) + length;
      addLevel(1);
    },
    addRepeated: (value) => {
      if (value !== null && value !== last.text) last = { text: value, bytes: Buffer.from(value) };
      addBytes(value === null ? null : last.bytes);
    },
    addLong: (value) => {
      if (value !== null) {
        reserve(8);
        at = page.writeBigInt64LE(value, at);
      }
      addLevel(value === null ? 0 : 1);
    },
    end: (statistics) => {
      closePage();
      const ended = pages;
      pages = pagesOfColumn();
      return (offset) => ended.finish({ type, path: [name], statistics }, offset);
    },
  };

  function addBytes(value: Uint8Array | null): void {
    if (value === null) {
      addLevel(0);
      return;
    }
    const { length } = value;
    reserve(4 + length);
    at = page.writeUInt32LE(length, at);
    if (length > fewBytes) page.set(value, at);
    else for (let byte = 0; byte < length; byte++) page[at + byte] = value[byte] ?? 0;
    at += length;
    addLevel(1);
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
    const larger = Buffer.allocUnsafe(Math.max(at + bytes, Math.min(2 * page.length, maxPageBytes)));
    page.copy(larger, 0, 0, at);
    page = larger;
  }

  function closePage(): void {
    const head = levelBytes(levels, count, nulls);
    const body = Buffer.allocUnsafe(head.length + at);
    body.set(head);
    page.copy(body, head.length, 0, at);
    pages.add(count, body);
    if (page.length > maxPageBytes) page = Buffer.allocUnsafe(firstBytes);
    at = 0;
    count = 0;
    nulls = 0;
  }
}

/** In the hybrid encoding, behind their length: one run where all are the same, else one bit for each. */
function levelBytes(levels: Uint8Array, count: number, nulls: number): Uint8Array {
  const isRun = nulls === 0 || nulls === count;
  const groups = Math.ceil(count / 8);
  const encoded = [0, 0, 0, 0, ...varInt(isRun ? count << 1 : (groups << 1) | 1)];
  if (isRun) encoded.push(nulls === 0 ? 1 : 0);
  else
    for (let group = 0; group < groups; group++) {
      let bits = 0;
      for (let bit = 0; bit < 8 && group * 8 + bit < count; bit++) bits |= (levels[group * 8 + bit] ?? 0) << bit;
      encoded.push(bits);
    }
  const bytes = Buffer.from(encoded);
  bytes.writeUInt32LE(encoded.length - 4, 0);
  return bytes;
}

function varInt(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}
