// Limits and costs of a run as counts: rows, files and requests, without a clock.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { compact } from '../../../shared/tables/compact.ts';
import { turnLimits } from '../../../shared/tables/compact-day.ts';
import type { HourRange } from '../../../shared/tables/lake-files.ts';
import { dataFile } from '../../../shared/tables/parquet/data-file.ts';
import { type Row, readRow } from '../../../shared/tables/row.ts';
import { batchFilesOf, eventFile, insertEvent } from '../../support/lake-events.ts';
import type { MemoryStore } from '../../support/memory-store.ts';
import { never } from '../../support/never.ts';
import { allHours, compactAll, dataFilesOf, entriesOf, placesOver, storeWith } from '../../support/tables.ts';

const table = 'lake-tables/shop/orders';
/** The range of the timer: 48 hours, which touch three days. */
const lookback: HourRange = { fromMs: Date.UTC(2026, 10, 18, 12), toMs: Date.UTC(2026, 10, 20, 12) };

describe('a data file', () => {
  it('has row groups of 5,000 rows', () => {
    assert.deepEqual(groupsOf(12_001, rowWith({})), [5_000, 5_000, 2_001]);
  });

  it('has row groups of at most 16 MB', () => {
    assert.deepEqual(groupsOf(5, rowWith({ text: 'x'.repeat(7_000_000) })), [2, 2, 1]);
  });
});

describe('a commit', () => {
  it('ends with the file that reaches its limit of rows', async () => {
    const files = [...Array(25).keys()].map((second) => eventFile(insertEvent({ second })));

    assert.deepEqual(await rowsOfCommits(storeWith(files), { rows: 10 }), [10, 10, 5]);
  });

  it('ends with the file that reaches its limit of bytes, counted after each row group', async () => {
    const events = [...Array(5_002).keys()].map((index) => insertEvent({ increment: index + 1 }));
    const files = [batchFilesOf(events.slice(0, 5_000)), batchFilesOf(events.slice(5_000, 5_001))].flat();
    files.push(...batchFilesOf(events.slice(5_001).map((event) => ({ ...event, ...laterSecond }))));

    assert.deepEqual(await rowsOfCommits(storeWith(files), { bytes: 1_000 }), [5_000, 2]);
  });

  it('takes the oldest files if the day has more names than fit at once', async () => {
    const files = [...Array(25).keys()].map((second) => eventFile(insertEvent({ second })));

    assert.deepEqual(await rowsOfCommits(storeWith(files), { listed: 10 }), [10, 10, 5]);
  });
});

describe('the requests of a run', () => {
  it('are ten for a lake with one collection that has unchanged files in one day of three', async () => {
    const store = storeWith([1, 2, 3].map((second) => eventFile(insertEvent({ second }))));
    await compactAll(store);

    assert.deepEqual(await requestsOf(store), [
      'folders lake',
      'folders lake/shop',
      'list lake/shop/orders/year=2026/month=11/day=18',
      'list lake/shop/orders/year=2026/month=11/day=19',
      'list lake/shop/orders/year=2026/month=11/day=20',
      'read _last_checkpoint',
      'read 00000000000000000000.json',
      'read 00000000000000000000.json',
      'read 00000000000000000001.json',
      'read part',
    ]);
  });

  it('are five for a lake with one collection that has no files in these days', async () => {
    const store = storeWith([eventFile(insertEvent({ second: -30 * 86_400 }))]);
    await compactAll(store);

    assert.deepEqual(
      (await requestsOf(store)).map((request) => request.split(' ')[0]),
      ['folders', 'folders', 'list', 'list', 'list'],
    );
  });
});

const laterSecond = { clusterTime: { $timestamp: { t: Date.UTC(2026, 10, 20, 10, 30) / 1000, i: 1 } } };

function groupsOf(count: number, row: Row): number[] {
  const file = dataFile();
  for (let index = 0; index < count; index++) file.add(row);
  const { content } = file.finish([]);
  return parquetMetadata(Uint8Array.from(content).buffer).row_groups.map(({ num_rows }) => Number(num_rows));
}

function rowWith(document: object): Row {
  const [{ content }] = [eventFile(insertEvent({ fields: { fullDocument: document } }))];
  const row = readRow(content.subarray(0, -1));
  assert(row !== undefined);
  return row;
}

async function rowsOfCommits(store: MemoryStore, limits: Partial<typeof turnLimits>): Promise<number[]> {
  const options = { range: allHours, isOver: () => false, limits: { ...turnLimits, ...limits } };
  await compact(placesOver(store), options, never);
  assert.equal(dataFilesOf(store, table).size, entriesOf(store, table).length);
  return entriesOf(store, table).flatMap((entry) =>
    entry.flatMap(({ add }) => (add === undefined ? [] : [JSON.parse(add.stats).numRecords])),
  );
}

/** A list shows its folder, a read the name of its file. */
async function requestsOf(store: MemoryStore): Promise<string[]> {
  store.requests.length = 0;
  await compactAll(store, 'delta', lookback);
  return store.requests.map(({ kind, path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/^part.*/, 'part');
    return `${kind} ${kind === 'read' ? name : path}`;
  });
}
