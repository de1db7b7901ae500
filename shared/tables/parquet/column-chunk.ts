// One column of a row group, in Data Page V1. The library that we use for the rest of a file writes V2 pages only, and V2 "support
// varies" (Delta's protocol): docs/decisions/016.

import { ByteWriter } from 'hyparquet-writer';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';
import type { ColumnChunk, SchemaElement, Statistics } from './format.ts';
import { type PlainValue, plainBytes, plainSize } from './plain.ts';

export interface Column {
  readonly element: SchemaElement;
  readonly path: readonly string[];
  /** One for each level; null where the level says that there is no value. */
  readonly values: readonly (PlainValue | null | undefined)[];
  readonly definitionLevels: readonly number[];
  readonly maxDefinitionLevel: number;
  /** Empty where nothing repeats. */
  readonly repetitionLevels: readonly number[];
  readonly maxRepetitionLevel: number;
  readonly statistics?: Statistics;
}

export interface WrittenChunk {
  readonly chunk: ColumnChunk;
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  readonly uncompressedBytes: number;
}

const maxPageBytes = 1_048_576;
// Numbers of the format's own lists: parquet.thrift.
const dataPage = 0;
const plain = 0;
const rle = 3;

export function writeColumnChunk(column: Column, offset: number): WrittenChunk {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let uncompressedBytes = 0;
  let pages = 0;
  for (const { start, end } of pageRanges(column)) {
    const page = pageBody(column, start, end);
    const compressed = snappyCompress(page);
    const header = pageHeader(end - start, page.length, compressed.length);
    pieces.push(header, compressed);
    bytes += header.length + compressed.length;
    uncompressedBytes += header.length + page.length;
    pages++;
  }
  const { element, path, values, statistics } = column;
  if (element.type === undefined) throw new Error('Cannot write a column: it must have a type: it has none');
  const chunk: ColumnChunk = {
    file_offset: BigInt(offset),
    meta_data: {
      type: element.type,
      encodings: ['PLAIN', 'RLE'],
      path_in_schema: [...path],
      codec: 'SNAPPY',
      num_values: BigInt(values.length),
      total_uncompressed_size: BigInt(uncompressedBytes),
      total_compressed_size: BigInt(bytes),
      data_page_offset: BigInt(offset),
      ...(statistics !== undefined && { statistics }),
      encoding_stats: [{ page_type: 'DATA_PAGE', encoding: 'PLAIN', count: pages }],
    },
  };
  return { chunk, pieces, bytes, uncompressedBytes };
}

/** A page ends where a row begins. A value that is larger than a page has one of its own. */
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
  // A column of no rows has a page too: some readers expect one.
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

function pageHeader(numValues: number, uncompressedBytes: number, compressedBytes: number): Uint8Array {
  const writer = new ByteWriter(64);
  serializeTCompactProtocol(writer, {
    field_1: dataPage,
    field_2: uncompressedBytes,
    field_3: compressedBytes,
    field_5: { field_1: numValues, field_2: plain, field_3: rle, field_4: rle },
  });
  return writer.getBytes();
}
