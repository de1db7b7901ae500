// A Data Page V1: levels and values, compressed as one. The library that we use for the rest of a file writes V2 pages only, and V2
// "support varies" (Delta's protocol): docs/decisions/016.
import { ByteWriter } from 'hyparquet-writer';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';
import type { ColumnChunk, ParquetType, Statistics } from './format.ts';
import { snappyCompress } from './snappy.ts';

/** A larger value has a page of its own. */
export const maxPageBytes = 1_048_576;

// Numbers of the format's own lists: parquet.thrift.
const dataPage = 0;
const plain = 0;
const rle = 3;

export interface Pages {
  /** `body`, which is free for other use afterwards, has the levels before the values. */
  readonly add: (numValues: number, body: Uint8Array) => void;
  readonly finish: (column: PagedColumn, offset: number) => WrittenChunk;
}

export interface PagedColumn {
  readonly type: ParquetType | undefined;
  readonly path: readonly string[];
  readonly statistics?: Statistics | undefined;
}

export interface WrittenChunk {
  readonly chunk: ColumnChunk;
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  readonly uncompressedBytes: number;
}

/** A column of a row group, once it is known where in the file it begins. */
export type PlacedChunk = (offset: number) => WrittenChunk;

/** The pages of one column of a row group. */
export function pagesOfColumn(): Pages {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let uncompressedBytes = 0;
  let values = 0;
  return {
    add: (numValues, body) => {
      const compressed = snappyCompress(body);
      const header = pageHeader(numValues, body.length, compressed.length);
      pieces.push(header, compressed);
      bytes += header.length + compressed.length;
      uncompressedBytes += header.length + body.length;
      values += numValues;
    },
    finish: ({ type, path, statistics }, offset) => {
      if (type === undefined) throw new Error('Cannot write a column: it must have a type: it has none');
      const chunk: ColumnChunk = {
        file_offset: BigInt(offset),
        meta_data: {
          type,
          encodings: ['PLAIN', 'RLE'],
          path_in_schema: [...path],
          codec: 'SNAPPY',
          num_values: BigInt(values),
          total_uncompressed_size: BigInt(uncompressedBytes),
          total_compressed_size: BigInt(bytes),
          data_page_offset: BigInt(offset),
          ...(statistics !== undefined && { statistics }),
          encoding_stats: [{ page_type: 'DATA_PAGE', encoding: 'PLAIN', count: pieces.length / 2 }],
        },
      };
      return { chunk, pieces, bytes, uncompressedBytes };
    },
  };
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
