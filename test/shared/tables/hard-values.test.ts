// Large events, many events, and events with few members. Each is completely in its table, once.
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { keyedHashOf } from '../../../shared/redact/keyed-hash.ts';
import { sequenceWithoutKey } from '../../../shared/redact/sequence.ts';
import { batchFilesOf, eventFile, insertEvent } from '../../support/lake-events.ts';
import type { MemoryStore } from '../../support/memory-store.ts';
import { compactAll, dataFilesOf, put, rowsOf, sequencesOf, storeWith } from '../../support/tables.ts';

describe('compact() with hard values', () => {
  it('gives a document of 16 MB a row group of its own', async () => {
    const large = insertEvent({ second: 2, fields: { fullDocument: { text: 'x'.repeat(16_000_000) } } });
    const store = storeWith([1, 3].map((second) => eventFile(insertEvent({ second }))));
    put(store, [eventFile(large)]);

    await compactAll(store);

    const lengths = (await rowsOf(store)).map(({ data }) => String(data).length);
    assert.equal(Math.max(...lengths), '{"text":""}'.length + 16_000_000);
    assert.equal(lengths.length, 3);
    const groups = rowGroupsOf(store).filter(({ bytes }) => bytes > 16_000_000);
    assert.deepEqual(
      groups.map(({ rows }) => rows),
      [1],
    );
  });

  it('takes 12,000 events of one second, each once, in any batches', async () => {
    const events = [...Array(12_000).keys()].map((index) => insertEvent({ increment: index + 1 }));
    const store = storeWith(batchFilesOf(events.slice(0, 7_000)));
    await compactAll(store);
    put(store, batchFilesOf(events.slice(5_000)));

    const report = await compactAll(store);

    assert.equal(report.rows, 5_000);
    assert.deepEqual(
      (await sequencesOf(store)).toSorted(),
      events.map(({ _id }) => _id._data),
    );
  });

  it('takes sequences that are redacted: a time and a hash', async () => {
    const hash = keyedHashOf(createSecretKey(Buffer.alloc(32, 'k')));
    const files = [1, 2, 3, 4].map((increment) => {
      const event = insertEvent({ increment });
      return eventFile({ ...event, _id: { _data: sequenceWithoutKey(event._id._data, hash) } });
    });
    const store = storeWith(files.slice(0, 2));
    await compactAll(store);
    put(store, files);

    const report = await compactAll(store);
    const again = await compactAll(store);

    assert.deepEqual([report.rows, again.rows], [2, 0]);
    assert.deepEqual(
      new Set(await sequencesOf(store)),
      new Set(files.map(({ content }) => JSON.parse(String(Buffer.from(content))).sequence)),
    );
    assert.equal((await sequencesOf(store)).length, 4);
  });

  it('has no row for hours that are empty between others', async () => {
    const store = storeWith([0, 5 * 3_600].map((second) => eventFile(insertEvent({ second }))));

    const report = await compactAll(store);

    assert.equal(report.rows, 2);
    assert.equal(dataFilesOf(store, 'lake-tables/shop/orders').size, 1);
  });

  it('has null if the server’s clock is missing', async () => {
    const store = storeWith([eventFile(insertEvent({ fields: { wallTime: undefined } }))]);

    await compactAll(store);

    const [row] = await rowsOf(store);
    assert.deepEqual([row?.['wallTime'], row?.['rest']], [null, null]);
  });
});

function rowGroupsOf(store: MemoryStore): { readonly rows: number; readonly bytes: number }[] {
  const table = 'lake-tables/shop/orders';
  return [...dataFilesOf(store, table).keys()].flatMap((file) => {
    const buffer = Uint8Array.from(store.files.get(`${table}/${file}`) ?? []).buffer;
    const { row_groups } = parquetMetadata(buffer);
    return row_groups.map(({ num_rows, total_byte_size }) => ({
      rows: Number(num_rows),
      bytes: Number(total_byte_size),
    }));
  });
}
