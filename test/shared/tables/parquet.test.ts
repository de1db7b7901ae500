// Foreign readers read every file back: hyparquet and DuckDB.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { checkpointFile } from '../../../shared/tables/delta/checkpoint.ts';
import { newMetaData, tableProtocol } from '../../../shared/tables/delta/schema.ts';
import { dataFile } from '../../../shared/tables/parquet/data-file.ts';
import { type Row, readRow } from '../../../shared/tables/row.ts';
import { temporaryFolder } from '../../support/lakes.ts';

const dataPageV1 = 0;

describe('dataFile()', () => {
  it('is read by DuckDB as hyparquet reads it, in several row groups, with large values and nulls', async (t) => {
    const rows = [...Array(50).keys()].map((index) => rowOf(index));
    const file = dataFile({ rows: 30, bytes: 16_000_000 });
    for (const row of rows) file.add(row);

    const { content } = file.finish([{ key: 'a', value: 'b' }]);

    const ours = await parquetReadObjects({ file: arrayBufferOf(content) });
    const duck = await inDuckDB(
      await temporaryFolder(t),
      content,
      '* replace (epoch_ms("clusterTime") as "clusterTime", epoch_ms("wallTime") as "wallTime")',
    );
    assert.deepEqual(
      duck,
      ours.map((row) => ({ ...row, clusterTime: msOf(row['clusterTime']), wallTime: msOf(row['wallTime']) })),
    );
    assert.deepEqual(
      ours.map(({ data }) => data),
      rows.map(({ data }) => data && Buffer.from(data).toString()),
    );
  });

  it('keeps null values: none, all, some, in pages that end at a megabyte', async () => {
    const note = 'n'.repeat(9_000);
    const rows = [...Array(300).keys()].map((index) => {
      const { line, ...row } = rowOf(0);
      const data = index % 3 === 1 ? null : Buffer.from(`{"note":"${note}${index}"}`);
      return { ...row, line, data, rest: null, documentKey: line };
    });
    const file = dataFile();
    for (const row of rows) file.add(row);

    const { content } = file.finish([]);

    const textOf = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString();
    const found = await parquetReadObjects({ file: arrayBufferOf(content) });
    assert.deepEqual(
      found.map(({ data, rest, documentKey }) => [data, rest, documentKey]),
      rows.map(({ data, rest, documentKey }) => [textOf(data), textOf(rest), textOf(documentKey)]),
    );
    const chunk = parquetMetadata(arrayBufferOf(content)).row_groups[0]?.columns.find(
      ({ meta_data }) => meta_data?.path_in_schema[0] === 'data',
    )?.meta_data;
    assert(chunk !== undefined && pageTypesOf(content, chunk).length > 1);
  });

  it('has Data Page V1 alone, snappy, format version 1, and statistics on three columns', () => {
    const file = dataFile();
    for (const index of Array(40).keys()) file.add(rowOf(index));
    const { content } = file.finish([]);

    const metadata = parquetMetadata(arrayBufferOf(content));

    assert.equal(metadata.version, 1);
    const chunks = metadata.row_groups.flatMap(({ columns }) => columns.flatMap(({ meta_data }) => meta_data ?? []));
    for (const chunk of chunks) {
      assert.equal(chunk.codec, 'SNAPPY');
      assert.deepEqual(new Set(pageTypesOf(content, chunk)), new Set([dataPageV1]), chunk.path_in_schema.join('.'));
    }
    const withRange = chunks.filter(({ statistics }) => statistics?.min_value !== undefined);
    assert.deepEqual(
      withRange.map(({ path_in_schema: [name] }) => name),
      ['sequence', 'clusterTime', 'wallTime'],
    );
  });

  it('has statistics with correct bounds for long and foreign sequences', () => {
    const long = `82${'A'.repeat(1000)}`;
    const bounds = (sequences: readonly string[]) => {
      const file = dataFile();
      for (const sequence of sequences) file.add(rowOf(1, { sequence }));
      const { minValues, maxValues } = file.finish([]).stats;
      return [minValues['sequence'], maxValues['sequence']];
    };

    const [min = '', max = ''] = bounds([long, `${long}B`]);
    assert(min <= long && max > `${long}B` && max.length < 300);
    assert.deepEqual(bounds(['82', '82é']), [undefined, undefined]);
  });
});

describe('checkpointFile()', () => {
  it('is read by DuckDB and hyparquet, with what other programs keep in a table', async (t) => {
    const now = Date.UTC(2026, 10, 20);
    const add = (path: string) => ({
      path,
      partitionValues: { date: '2026-11-20' },
      size: 5_000_000_000,
      modificationTime: now,
      dataChange: true,
      tags: path === 'b' ? { optimized: 'yes', empty: null } : undefined,
      stats: '{"numRecords":5}',
    });
    const remove = (path: string, deletionTimestamp: number) => ({
      path,
      deletionTimestamp,
      dataChange: true,
      extendedFileMetadata: true,
      partitionValues: { date: '2026-11-20' },
      size: 5,
    });
    const { content, actions } = checkpointFile(
      {
        version: 10,
        checkpointVersion: 0,
        protocol: tableProtocol,
        metaData: newMetaData('id', now),
        adds: new Map(['a', 'b'].map((path) => [path, add(path)])),
        removes: new Map([
          ['c', remove('c', now)],
          ['d', remove('d', now - 8 * 86_400_000)],
        ]),
        txns: new Map([['spark', { appId: 'spark', version: 7, lastUpdated: now }]]),
      },
      now,
    );

    const rows = await parquetReadObjects({ file: arrayBufferOf(content) });

    assert.equal(rows.length, actions);
    const found = rows.flatMap((row) =>
      Object.entries(row).filter(([, value]) => value !== null && value !== undefined),
    );
    assert.deepEqual(
      found.map(([name]) => name),
      ['protocol', 'metaData', 'txn', 'add', 'add', 'remove'],
    );
    assert.partialDeepStrictEqual(found[4]?.[1], {
      path: 'b',
      tags: { optimized: 'yes', empty: null },
      size: 5_000_000_000n,
      dataChange: false,
    });
    assert.partialDeepStrictEqual(found[1]?.[1], {
      partitionColumns: ['date'],
      configuration: { 'delta.appendOnly': 'true' },
      format: { provider: 'parquet' },
    });
    const duck = await inDuckDB(
      await temporaryFolder(t),
      content,
      `add.path as path, add.partitionValues['date'] as date, add.size as size, txn.appId as app, metaData.partitionColumns[1] as partition,
       protocol.minReaderVersion as reader, remove.path as removed, add.dataChange as change`,
    );
    assert.deepEqual(
      duck.map((row) => Object.values(row)),
      [
        [null, null, null, null, null, 1, null, null],
        [null, null, null, null, 'date', null, null, null],
        [null, null, null, 'spark', null, null, null, null],
        ['a', '2026-11-20', 5_000_000_000n, null, null, null, null, false],
        ['b', '2026-11-20', 5_000_000_000n, null, null, null, null, false],
        [null, null, null, null, null, null, 'c', null],
      ],
    );
  });
});

function rowOf(index: number, fields: object = {}): Row {
  const line = JSON.stringify({
    operationType: 'insert',
    data: index % 3 === 0 ? null : { text: 'ü€🎬'.repeat(index * 2_000), n: index },
    documentKey: { _id: index },
    ns: { db: 'shop', coll: 'orders' },
    clusterTime: new Date(Date.UTC(2026, 10, 20) + index * 1000).toISOString(),
    sequence: `82${String(index).padStart(8, '0')}`,
    ...(index % 2 === 0 && {
      wallTime: { $date: new Date(Date.UTC(2026, 10, 20) + index).toISOString() },
      txnNumber: index,
    }),
    ...fields,
  });
  const row = readRow(Buffer.from(line));
  assert(row !== undefined);
  return row;
}

/** The type in the header of each page, with the library's own reader of headers. */
function pageTypesOf(
  content: Uint8Array,
  chunk: { data_page_offset: bigint; total_compressed_size: bigint },
): unknown[] {
  const types: unknown[] = [];
  const reader = { view: new DataView(arrayBufferOf(content)), offset: Number(chunk.data_page_offset) };
  const end = reader.offset + Number(chunk.total_compressed_size);
  while (reader.offset < end) {
    const header = deserializeTCompactProtocol(reader);
    types.push(header['field_1']);
    reader.offset += Number(header['field_3']);
  }
  return types;
}

async function inDuckDB(folder: string, content: Uint8Array, columns: string) {
  const path = join(folder, 'file.parquet');
  await writeFile(path, content);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    return (await connection.runAndReadAll(`select ${columns} from read_parquet('${path}')`)).getRowObjects();
  } finally {
    connection.closeSync();
  }
}

function msOf(value: unknown): bigint | null {
  return value instanceof Date ? BigInt(value.getTime()) : null;
}

function arrayBufferOf(content: Uint8Array): ArrayBuffer {
  const buffer = new ArrayBuffer(content.length);
  new Uint8Array(buffer).set(content);
  return buffer;
}
