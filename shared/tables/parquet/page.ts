// A Data Page V1: levels and values, compressed as one. The library that we use for the rest of a file writes only V2
// pages, and V2 "support varies" (Delta's protocol): docs/decisions/016.
import { ByteWriter } from 'hyparquet-writer';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';
import type { ColumnChunk, ParquetType, Statistics } from './format.ts';
import { growingBytes } from './growing-bytes.ts';
import { mostCompressed, snappyCompress } from './snappy.ts';

/** A larger value has a page of its own. */
export const maxPageBytes = 1_048_576;

// Numbers of the format's own lists: parquet.thrift.
const dataPage = 0;
const plain = 0;
const rle = 3;

/** The pages of one column, row group after row group. */
export interface Pages {
  /** The levels and the values, in parts that follow each other. They are free for other use afterwards. */
  readonly add: (numValues: number, parts: readonly Uint8Array[]) => void;
  /** Ends the row group. The next one begins once `bytes` are somewhere else. */
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
  /** What the footer says, once it is known where in the file the column begins. */
  readonly chunkAt: (offset: number) => ColumnChunk;
  /** Lets go of `bytes`. */
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
      // The header tells the compressed length, so it comes into the room that is left for it.
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
