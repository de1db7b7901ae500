// Writes one column of a small row group. The column can be nested, as those of a checkpoint are.

import { ByteWriter } from 'hyparquet-writer';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import type { SchemaElement } from './format.ts';
import { maxPageBytes, pagesOfColumn, type WrittenChunk } from './page.ts';
import { type PlainValue, plainBytes, plainSize } from './plain.ts';

export interface Column {
  readonly element: SchemaElement;
  readonly path: readonly string[];
  /** One for each level. Null if the level says that the value is missing. */
  readonly values: readonly (PlainValue | null | undefined)[];
  readonly definitionLevels: readonly number[];
  readonly maxDefinitionLevel: number;
  /** Empty if nothing repeats. */
  readonly repetitionLevels: readonly number[];
  readonly maxRepetitionLevel: number;
}

export function writeColumnChunk(column: Column): WrittenChunk {
  const pages = pagesOfColumn();
  for (const { start, end } of pageRanges(column)) pages.add(end - start, [pageBody(column, start, end)]);
  return pages.finish({ type: column.element.type, path: column.path });
}

/** A page ends where a row begins. A value larger than a page has a page of its own. */
function* pageRanges({ values, repetitionLevels }: Column): Generator<{ start: number; end: number }> {
  let start = 0;
  let bytes = 0;
  for (const [at, value] of values.entries()) {
    const size = value === null || value === undefined ? 0 : plainSize(value);
    if (at > start && bytes + size > maxPageBytes && (repetitionLevels[at] ?? 0) === 0) {
      yield { start, end: at };
      start = at;
      bytes = 0;
    }
    bytes += size;
  }
  // A column without rows also has a page, because some readers expect one.
  yield { start, end: values.length };
}

/** Repetition levels, definition levels and values, compressed as one: V2 keeps the levels outside. */
function pageBody(column: Column, start: number, end: number): Uint8Array {
  const levels: Uint8Array[] = [];
  if (column.maxRepetitionLevel > 0)
    levels.push(levelBytes(column.repetitionLevels.slice(start, end), column.maxRepetitionLevel));
  if (column.maxDefinitionLevel > 0)
    levels.push(levelBytes(column.definitionLevels.slice(start, end), column.maxDefinitionLevel));
  const values: PlainValue[] = [];
  for (let at = start; at < end; at++) {
    const value = column.values[at];
    if (value !== null && value !== undefined) values.push(value);
  }
  return plainBytes(column.element.type, values, levels);
}

function levelBytes(levels: number[], maxLevel: number): Uint8Array {
  const encoded = new ByteWriter();
  writeRleBitPackedHybrid(encoded, levels, 32 - Math.clz32(maxLevel));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(encoded.offset);
  return Buffer.concat([length, encoded.getBytes()]);
}
