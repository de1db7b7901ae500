// The words of Parquet's format, as the library for footers spells them.
import type { writeMetadata } from 'hyparquet-writer/src/metadata.js';

export type FileMetaData = Parameters<typeof writeMetadata>[1];
export type SchemaElement = FileMetaData['schema'][number];
export type RowGroup = FileMetaData['row_groups'][number];
export type ColumnChunk = RowGroup['columns'][number];
export type Statistics = NonNullable<NonNullable<ColumnChunk['meta_data']>['statistics']>;
export type KeyValue = NonNullable<FileMetaData['key_value_metadata']>[number];
export type ParquetType = NonNullable<SchemaElement['type']>;
