// Builds a Parquet file: one row group after the other, then the footer with their places.

import { ByteWriter } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { KeyValue, RowGroup, SchemaElement } from './format.ts';
import { growingBytes } from './growing-bytes.ts';
import type { WrittenChunk } from './page.ts';

export interface ParquetFile {
  readonly addRowGroup: (columns: readonly WrittenChunk[], rows: number) => void;
  /** The number of written bytes. */
  readonly bytes: () => number;
  readonly finish: (keyValues: readonly KeyValue[]) => Uint8Array;
}

const magic = Buffer.from('PAR1');
/** The statistics cut a longer text. A maximum is rounded up after the cut. */
export const maxStatisticBytes = 256;

export function parquetFile(schema: readonly SchemaElement[]): ParquetFile {
  const written = growingBytes(0);
  written.append(magic);
  const groups: RowGroup[] = [];
  let rows = 0;

  return {
    addRowGroup: (columns, count) => {
      const startedAt = written.length();
      let uncompressedBytes = 0;
      const chunks = columns.map((column) => {
        const chunk = column.chunkAt(written.length());
        written.append(column.bytes);
        column.release();
        uncompressedBytes += column.uncompressedBytes;
        return chunk;
      });
      rows += count;
      groups.push({
        columns: chunks,
        total_byte_size: BigInt(uncompressedBytes),
        num_rows: BigInt(count),
        total_compressed_size: BigInt(written.length() - startedAt),
        file_offset: BigInt(startedAt),
      });
    },
    bytes: written.length,
    finish: (keyValues) => {
      const footer = new ByteWriter();
      const metadata = {
        version: 1,
        created_by: 'atlas-lake-sync',
        schema: [...schema],
        num_rows: BigInt(rows),
        row_groups: groups,
        // An empty list has no type of elements, and strict readers want one.
        ...(keyValues.length > 0 && { key_value_metadata: [...keyValues] }),
        metadata_length: 0,
      };
      writeMetadata(footer, metadata, maxStatisticBytes);
      written.append(footer.getBytes());
      written.append(magic);
      return written.content();
    },
  };
}
