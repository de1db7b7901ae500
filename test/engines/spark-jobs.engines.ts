// The jobs of infra/spark, over a lake and tables that the real receiver and the real compaction wrote, beside the model.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { changesIn, compare, historyOf, latestOf } from './support/model.ts';
import { runJob, sparkTypes, streamed, tableRows } from './support/spark.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';

const places = temporaryPlaces();
const target = (kind: string, coll: string) => places.beside(kind, coll);

describe('the jobs of infra/spark', () => {
  // Late events, repeats, new fields and new types meet tables that are there already.
  before(async () => {
    for (const [number, wave] of tellStory(1).waves.entries()) {
      await tell(wave, places, number % 2 === 0 ? 'event' : 'batch');
      await compactTables(places);
      if (number !== 1) await follow('orders');
      if (number > 1) await follow('carts');
    }
    await runJob('compact', '--lake', places.lake, '--tables', places.beside('by-spark'));
  });

  for (const coll of ['orders', 'carts', 'baskets']) {
    it(`read each event of ${coll} once in the table of changes, byte for byte`, async () => {
      const rows = await tableRows(places.changes(coll), 'sequence');

      const changes = changesIn(places.lake, 'shop', coll);
      assert.deepEqual(
        rows.map(({ operationType, sequence, documentKey, data, clusterTime }) => [
          operationType,
          sequence,
          documentKey,
          data,
          clusterTime,
        ]),
        changes.map(({ operationType, sequence, key, document, clusterTime }) => [
          operationType,
          sequence,
          key ?? null,
          document ?? null,
          clusterTime,
        ]),
      );
      assert(changes.length > 3);
    });

    it(`compact.py makes the same table of ${coll} as the function`, async () => {
      const rows = await tableRows(places.beside('by-spark', 'shop', coll), 'sequence');

      assert.deepEqual(rows, await tableRows(places.changes(coll), 'sequence'));
    });
  }

  it('compact.py adds nothing a second time', async () => {
    const printed = await runJob(
      'compact',
      '--lake',
      places.lake,
      '--tables',
      places.tables,
      '--collection',
      'shop/orders',
    );

    assert.match(printed, /shop\/orders: 0 rows added/);
  });

  for (const coll of ['orders', 'carts']) {
    it(`latest.py keeps the newest state of ${coll}`, async () => {
      const rows = await tableRows(target('latest', coll), '_key');

      assert.deepEqual(
        rows.map(({ _key, _sequence, _data, _clusterTime }) => [_key, _sequence, _data, _clusterTime]),
        latestOf(changesIn(places.lake, 'shop', coll))
          .toSorted((one, other) => compare(one._key, other._key))
          .map(({ _key, _sequence, _data, _valid_from }) => [_key, _sequence, _data, _valid_from]),
      );
    });

    it(`history.py keeps every version of ${coll}`, async () => {
      const rows = await tableRows(target('history', coll), '_sequence');

      assert.deepEqual(
        rows.map(({ _key, _sequence, _data, _valid_from, _valid_to, _is_current }) => ({
          row: [_key, _sequence, _data, _valid_from, _valid_to],
          _is_current,
        })),
        historyOf(changesIn(places.lake, 'shop', coll)).map(({ _key, _sequence, _data, _valid_from, _valid_to }) => ({
          row: [_key, _sequence, _data, _valid_from, _valid_to],
          _is_current: _valid_to === null,
        })),
      );
    });
  }

  it('type the fields of documents, also those that change their type', async () => {
    const { _key, _sequence, _clusterTime, _data, ...fields } = await sparkTypes(target('latest', 'orders'));

    assert.deepEqual(fields, {
      _id: 'string',
      total: 'double',
      Total_2: 'string',
      price: 'decimal(38,3)',
      placed: 'timestamp',
      seen: 'bigint',
      rate: 'double',
      code: 'string',
      note: 'string',
      paid: 'boolean',
      tags: 'string',
      address: 'string',
      photo: 'binary',
      ref: 'string',
      _key_2: 'string',
      line_items: 'bigint',
      coupon: 'string',
    });
  });

  it('give the values of documents, whole', async () => {
    const key = '{"_id":{"$oid":"0000000000000000000000a1"}}';
    const row = (await tableRows(target('latest', 'orders'), '_key')).find(({ _key }) => _key === key);

    const { _key, _sequence, _clusterTime, _data, ...values } = row ?? {};
    assert.deepEqual(values, {
      _id: '{"$oid":"0000000000000000000000a1"}',
      total: 9.75,
      Total_2: 'upper 9',
      price: '9.500',
      placed: '2026-11-20T21:51:00.009Z',
      seen: '9007199254741002',
      rate: 9.25,
      code: 'A-9',
      note: 'note "9" ’s',
      paid: false,
      tags: '["a",{"n":9}]',
      address: '{"city":"Łódź","zip":null}',
      photo: 'SGVhdA==',
      ref: 'c2343422-efe1-4f4c-b755-5bd7cd393228',
      _key_2: 'mine 9',
      line_items: 1,
      coupon: 'NEW',
    });
  });

  it('have a stream read each event once, across runs', async () => {
    const checkpoint = places.beside('stream');
    const first = await streamed(places.changes('carts'), checkpoint);
    const second = await streamed(places.changes('carts'), checkpoint);

    assert.deepEqual(
      first.flat().toSorted(compare),
      changesIn(places.lake, 'shop', 'carts').map(({ sequence }) => sequence),
    );
    assert.deepEqual(second.flat(), []);
  });
});

async function follow(coll: string): Promise<void> {
  for (const kind of ['latest', 'history']) {
    const checkpoint = places.beside('checkpoints', kind, coll);
    await runJob(
      kind,
      ...['--changes', places.changes(coll)],
      ...['--target', target(kind, coll)],
      ...['--checkpoint', checkpoint],
    );
  }
}
