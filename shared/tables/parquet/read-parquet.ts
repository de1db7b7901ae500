// Reads columns of Parquet files in the lake, range by range. Other writers' files too: Spark writes checkpoints and
// rewrites data.

import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import type { LakeReader } from '../../lake/lake.ts';

export interface OpenParquet {
  readonly metadata: FileMetaData;
  /** The rows of a row group, with only these columns. */
  readonly readGroup: (group: number, columns: readonly string[]) => Promise<Readonly<Record<string, unknown>>[]>;
}

/** A small file is read at once instead of in several ranges. */
const wholeBytes = 524_288;

export async function openParquet(
  reader: LakeReader,
  path: string,
  bytes: number,
  signal: AbortSignal,
  footerBytes = 65_536,
): Promise<OpenParquet> {
  const file = await rangesOf(reader, path, bytes, signal);
  const metadata = await parquetMetadataAsync(file, { initialFetchSize: footerBytes });
  const starts = [0];
  for (const { num_rows } of metadata.row_groups) starts.push((starts.at(-1) ?? 0) + Number(num_rows));
  const known = new Set(parquetSchema(metadata).children.map(({ element }) => element.name));
  return {
    metadata,
    readGroup: async (group, columns) =>
      await parquetReadObjects({
        file,
        metadata,
        columns: columns.filter((name) => known.has(name)),
        rowStart: starts[group] ?? 0,
        rowEnd: starts[group + 1] ?? 0,
      }),
  };
}

async function rangesOf(reader: LakeReader, path: string, bytes: number, signal: AbortSignal): Promise<AsyncBuffer> {
  if (bytes <= wholeBytes) {
    const whole = arrayBufferOf(await present(reader.read(path, signal), path));
    return { byteLength: whole.byteLength, slice: (start, end) => whole.slice(start, end) };
  }
  return {
    byteLength: bytes,
    slice: async (start, end = bytes) => arrayBufferOf(await present(reader.read(path, signal, { start, end }), path)),
  };
}

async function present(read: Promise<Uint8Array | undefined>, path: string): Promise<Uint8Array> {
  const content = await read;
  if (content === undefined)
    throw new Error(`Cannot read a table: each file in its log must be there: "${path}" is missing`);
  return content;
}

function arrayBufferOf(content: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(content.byteLength);
  new Uint8Array(copy).set(content);
  return copy;
}
