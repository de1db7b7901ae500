import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { batchFilesOf, eventFile, insertEvent } from '../../support/lake-events.ts';
import { never } from '../../support/never.ts';
import { compactAll, entriesOf, put, rowsOf, storeWith } from '../../support/tables.ts';

const hour = Date.UTC(2026, 10, 20, 10);

describe('compact()', () => {
  it('appends each event of the lake once, with the values of its line', async () => {
    const event = insertEvent({ fields: { lsid: { id: 'a' } } });
    const store = storeWith([eventFile(event)]);

    const report = await compactAll(store);

    const [row] = await rowsOf(store);
    assert.equal(report.rows, 1);
    assert.deepEqual(row, {
      operationType: 'insert',
      sequence: event._id._data,
      db: 'shop',
      coll: 'orders',
      documentKey: JSON.stringify(event.documentKey),
      data: `{"_id":${JSON.stringify(event.documentKey._id)},"amount":9007199254740993,"note":"ü"}`,
      updateDescription: null,
      rest: '{"lsid":{"id":"a"}}',
      clusterTime: new Date(hour),
      wallTime: new Date(hour + 250),
      date: '2026-11-20',
      file: row?.file,
    });
  });

  it('finds nothing to do in a second run', async () => {
    const store = storeWith(batchFilesOf([insertEvent({ second: 1 }), insertEvent({ second: 2 })]));
    put(store, [eventFile(insertEvent({ second: 3 }))]);
    await compactAll(store);
    store.requests.length = 0;

    const report = await compactAll(store);

    assert.deepEqual([report.rows, report.filesRead], [0, 0]);
    assert.equal(store.requests.filter(({ kind }) => kind === 'create').length, 0);
  });

  it('appends late events to a day that it had finished, and counts them', async () => {
    const store = storeWith([eventFile(insertEvent({ second: 7_200 }))]);
    await compactAll(store);
    put(store, [eventFile(insertEvent({ second: 1 })), eventFile(insertEvent({ second: 7_201 }))]);

    const report = await compactAll(store);

    assert.deepEqual([report.rows, report.lateRows], [2, 1]);
    assert.equal((await rowsOf(store)).length, 3);
  });

  it('has an event once that is in a file of its own and in batches', async () => {
    const events = [1, 2, 3, 4].map((second) => insertEvent({ second }));
    const store = storeWith(batchFilesOf(events.slice(0, 3)));
    await compactAll(store);
    put(store, [eventFile(insertEvent({ second: 2 })), ...batchFilesOf(events)]);

    await compactAll(store);
    const again = await compactAll(store);

    const sequences = (await rowsOf(store)).map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences.toSorted(),
      events.map(({ _id }) => _id._data),
    );
    assert.equal(again.rows, 0);
  });

  it('keeps to the hours that it is asked for', async () => {
    const store = storeWith([0, 3_600, 7_200].map((second) => eventFile(insertEvent({ second }))));

    await compactAll(store, 'delta', { fromMs: hour + 3_600_000, toMs: hour + 7_200_000 });

    assert.deepEqual(
      (await rowsOf(store)).map(({ clusterTime }) => clusterTime),
      [new Date(hour + 3_600_000)],
    );
  });

  it('takes the date from the path and the names from the line, also if folders encode them', async () => {
    const store = storeWith([
      eventFile(insertEvent({ db: 'crm', coll: 'naïve/col.lection' })),
      eventFile({ ...insertEvent({ second: 1 }), ns: { db: 'crm' }, operationType: 'dropDatabase' }),
      eventFile({ ...insertEvent({ second: 2 }), ns: undefined, operationType: 'invalidate' }),
    ]);

    await compactAll(store);

    const [encoded] = await rowsOf(store, 'lake-tables/crm/na~C3~AFve~2Fcol.lection');
    const [ofDatabase] = await rowsOf(store, 'lake-tables/crm/~');
    const [ofCluster] = await rowsOf(store, 'lake-tables/~/~');
    assert.deepEqual([encoded?.['db'], encoded?.['coll'], encoded?.date], ['crm', 'naïve/col.lection', '2026-11-20']);
    assert.deepEqual([ofDatabase?.['db'], ofDatabase?.['coll']], ['crm', null]);
    assert.deepEqual([ofCluster?.['db'], ofCluster?.['coll']], [null, null]);
  });

  it('skips ~refused, and names that readers of a lake skip', async () => {
    const store = storeWith([eventFile(insertEvent())]);
    const { content } = eventFile(insertEvent({ second: 9 }));
    put(store, [
      { path: 'lake/~refused/hub/0/5.refused', content },
      { path: 'lake/~refused/orders/year=2026/month=11/day=20/hour=10/change-1.json', content },
      { path: 'lake/shop/orders/year=2026/month=11/day=20/hour=10/_change.json', content },
      { path: 'lake/shop/orders/year=2026/month=11/day=20/hour=10/.change.json', content },
    ]);

    const report = await compactAll(store);

    assert.deepEqual([report.tables, report.rows], [1, 1]);
  });

  it('names a file with a foreign line, takes the others, and leaves an empty file alone', async () => {
    const store = storeWith([eventFile(insertEvent())]);
    const folder = 'lake/shop/orders/year=2026/month=11/day=20/hour=10';
    put(store, [
      { path: `${folder}/torn.json`, content: Buffer.from('{"operationType":"ins') },
      { path: `${folder}/empty.json`, content: new Uint8Array() },
    ]);

    const report = await compactAll(store);

    assert.deepEqual(
      report.unreadable.map(({ path }) => path),
      [`${folder}/torn.json`],
    );
    assert.equal(report.oldestLeftMs, hour);
    assert.equal((await rowsOf(store)).length, 1);
  });

  it('leaves a foreign table alone, says why, and continues with the others', async () => {
    const store = storeWith([eventFile(insertEvent()), eventFile(insertEvent({ coll: 'carts' }))]);
    const log = 'lake-tables/shop/carts/_delta_log/00000000000000000000.json';
    const actions = [
      { protocol: { minReaderVersion: 3, minWriterVersion: 7 } },
      {
        metaData: {
          id: 'a',
          format: { provider: 'parquet', options: {} },
          schemaString: '{"fields":[]}',
          partitionColumns: [],
          configuration: {},
        },
      },
    ];
    put(store, [{ path: log, content: Buffer.from(actions.map((action) => JSON.stringify(action)).join('\n')) }]);

    const report = await compactAll(store);

    assert.equal(report.broken[0]?.coll, 'carts');
    assert.match(report.broken[0]?.reason ?? '', /stays as it is: its protocol must be at most reader 1 and writer 2/);
    assert.equal(entriesOf(store, 'lake-tables/shop/carts').length, 1);
    assert.equal((await rowsOf(store)).length, 1);
  });

  it('gives every collection its turn when the budget is small, the oldest day first', async () => {
    const files = ['a', 'b', 'c'].flatMap((coll) =>
      [0, 86_400].map((second) => eventFile(insertEvent({ coll, second }))),
    );
    const store = storeWith(files);
    const { compact } = await import('../../../shared/tables/compact.ts');
    const { allHours, placesOver } = await import('../../support/tables.ts');
    let left = 3;
    const isOver = (): boolean => left <= 0;
    store.fateOf(({ kind, path }) => {
      if (kind === 'create' && path.includes('_delta_log')) left--;
      return 'done';
    });

    const report = await compact(placesOver(store), { range: allHours, isOver }, never);

    const dates = await Promise.all(
      ['a', 'b', 'c'].map(async (coll) => (await rowsOf(store, `lake-tables/shop/${coll}`)).map(({ date }) => date)),
    );
    assert.deepEqual(dates, Array(3).fill(['2026-11-20']));
    assert.equal(report.daysLeft, 3);
    assert.equal(report.oldestLeftMs, Date.UTC(2026, 10, 21));
  });
});
