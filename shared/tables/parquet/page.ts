// Writes a Data Page V1: levels and values, compressed together. Our library for the rest of a file writes only V2
// pages. Not every reader supports V2: docs/decisions/016.
import { ByteWriter } from 'hyparquet-writer';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';
import type { ColumnChunk, ParquetType, Statistics } from './format.ts';
import { growingBytes } from './growing-bytes.ts';
import { mostCompressed, snappyCompress } from './snappy.ts';

/** A larger value has a page of its own. */
export const maxPageBytes = 1_048_576;

// Numbers from the format's own lists: parquet.thrift.
const dataPage = 0;
const plain = 0;
const rle = 3;

/** The pages of one column, row group after row group. */
export interface Pages {
  /** The levels and the values, in parts, one after the other. The caller can use the parts again afterwards. */
  readonly add: (numValues: number, parts: readonly Uint8Array[]) => void;
  /** Ends the row group. Copy `bytes` before the next row group begins. */
  readonly finish: (column: PagedColumn) => WrittenChunk;
}

export interface PagedColumn {
  readonly type: ParquetType | undefined;
  readonly path: readonly string[];
  readonly statistics?: Statistics | undefined;
}

export interface WrittenChunk {
  readonly bytes: Uint8Array;
  readonly uncompressedBytes: number;
  /** The words of the footer, for the place of the column in the file. */
  readonly chunkAt: (offset: number) => ColumnChunk;
  /** Frees `bytes`. */
  readonly release: () => void;
}

export function pagesOfColumn(): Pages {
  const written = growingBytes(4 * maxPageBytes);
  let uncompressedBytes = 0;
  let values = 0;
  let count = 0;
  return {
    add: (numValues, parts) => {
      const length = parts.reduce((bytes, part) => bytes + part.length, 0);
      // The header contains the compressed length. So room is left for it, and it is written last.
      written.reserve(headerRoom + mostCompressed(length));
      const block = written.block();
      const start = written.length() + headerRoom;
      const end = snappyCompress(parts, block, start);
      const header = pageHeader(numValues, length, end - start);
      block.set(header, written.length());
      block.copyWithin(written.length() + header.length, start, end);
      written.advanceTo(written.length() + header.length + end - start);
      uncompressedBytes += header.length + length;
      values += numValues;
      count++;
    },
    finish: ({ type, path, statistics }) => {
      if (type === undefined) throw new Error('Cannot write a column: it must have a type: it is missing');
      const bytes = written.content();
      const metadata = {
        type,
        encodings: ['PLAIN' as const, 'RLE' as const],
        path_in_schema: [...path],
        codec: 'SNAPPY' as const,
        num_values: BigInt(values),
        total_uncompressed_size: BigInt(uncompressedBytes),
        total_compressed_size: BigInt(bytes.length),
        ...(statistics !== undefined && { statistics }),
        encoding_stats: [{ page_type: 'DATA_PAGE' as const, encoding: 'PLAIN' as const, count }],
      };
      const chunk = {
        bytes,
        uncompressedBytes,
        chunkAt: (offset: number) => ({
          file_offset: BigInt(offset),
          meta_data: { ...metadata, data_page_offset: BigInt(offset) },
        }),
        release: written.clear,
      };
      uncompressedBytes = 0;
      values = 0;
      count = 0;
      return chunk;
    },
  };
}

/** A header has five small numbers and two lengths. */
const headerRoom = 64;

function pageHeader(numValues: number, uncompressedBytes: number, compressedBytes: number): Uint8Array {
  const writer = new ByteWriter(headerRoom);
  serializeTCompactProtocol(writer, {
    field_1: dataPage,
    field_2: uncompressedBytes,
    field_3: compressedBytes,
    field_5: { field_1: numValues, field_2: plain, field_3: rle, field_4: rle },
  });
  return writer.getBytes();
}
