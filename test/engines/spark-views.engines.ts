// Runs the views of `npm run views -- --engine spark` in Spark, over tables and over files, and compares them with the
// model.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { changeRowsIn } from './support/change-rows.ts';
import { changesIn, compare, historyOf, latestOf, stateAt } from './support/model.ts';
import { type Row, runSparkScript, sparkRows } from './support/spark.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';
import { viewsOf } from './support/views-text.ts';

const places = temporaryPlaces();
const collections = ['orders', 'carts', 'baskets'];

describe('the generated Spark views', () => {
  before(async () => {
    for (const [number, wave] of tellStory(6).waves.entries())
      await tell(wave, places, number % 2 === 0 ? 'event' : 'batch');
    await compactTables(places);
  });

  for (const { name, tables } of [
    { name: 'tables', tables: places.tables },
    { name: 'files', tables: places.beside('no-tables') },
  ])
    describe(`over ${name}`, () => {
      before(async () => {
        for (const coll of collections) {
          const text = await viewsOf('spark', coll, places.lake, tables);
          await runSparkScript(text.split(/;\n/).filter((statement) => /^[A-Z]/m.test(statement)));
        }
      });

      for (const coll of collections) {
        it(`give each change of ${coll} once`, async () => {
          const rows = await sparkRows(`SELECT * FROM shop.${coll}_changes`);

          assert.deepEqual(changesByValue(rows), changesByValue(changeRowsIn(places.lake, 'shop', coll)));
        });

        it(`give the newest state of ${coll}`, async () => {
          const rows = await sparkRows(`SELECT _key, _sequence, _data FROM shop.${coll}_latest`);

          const latest = latestOf(changesIn(places.lake, 'shop', coll));
          assert.deepEqual(
            byValue(rows),
            byValue(latest.map(({ _key, _sequence, _data }) => ({ _key, _sequence, _data }))),
          );
        });

        it(`give the history of ${coll}, and so the state at any moment`, async () => {
          const changes = changesIn(places.lake, 'shop', coll);
          const moments = changes.filter((_, at) => at % 7 === 3).map(({ clusterTime }) => clusterTime);

          const history = await sparkRows(
            `SELECT _key, _sequence, _data, _valid_from, _valid_to FROM shop.${coll}_history`,
          );
          const states = await sparkRows(`SELECT moment, _key, _sequence, _data
FROM shop.${coll}_history JOIN VALUES ${moments.map((at) => `(TIMESTAMP '${at}')`).join()} AS moments(moment)
WHERE _valid_from <= moment AND (_valid_to IS NULL OR moment < _valid_to)`);

          assert.deepEqual(byValue(history), byValue(historyOf(changes)));
          const wanted = moments.flatMap((moment) =>
            stateAt(changes, moment).map(({ _key, _sequence, _data }) => ({ moment, _key, _sequence, _data })),
          );
          assert(wanted.length > 0);
          assert.deepEqual(byValue(states), byValue(wanted));
        });
      }

      it('give typed values', async () => {
        const sequence = changesIn(places.lake, 'shop', 'orders').findLast((change) =>
          change.document?.includes('"A-9"'),
        )?.sequence;

        const [row = {}] = await sparkRows(`SELECT * FROM shop.orders_latest WHERE _sequence = '${sequence}'`);

        const { _key, _sequence, _clusterTime, _data, ...values } = row;
        assert.deepEqual(values, {
          ...{ _id: '{"$oid":"0000000000000000000000a1"}', total: 9.75, Total_2: 'upper 9', price: '9.500' },
          ...{ placed: '2026-11-20T21:51:00.009Z', seen: '9007199254741002', rate: 9.25, code: 'A-9' },
          ...{ note: 'note "9" ’s', paid: false, tags: '["a",{"n":9}]', address: '{"city":"Łódź","zip":null}' },
          ...{ photo: 'SGVhdA==', ref: 'c2343422-efe1-4f4c-b755-5bd7cd393228', _key_2: 'mine 9' },
          ...{ 'line items': 1, nothing: null, coupon: 'NEW' },
        });
      });
    });
});

/** Compares values: views over files write JSON with other bytes. */
function byValue(rows: readonly object[]): unknown[] {
  return rows
    .map((row): Row => ({ ...row }))
    .map((row) => ({ ...row, _key: JSON.parse(String(row['_key'])), _data: JSON.parse(String(row['_data'])) }))
    .toSorted((one: Row, other: Row) => compare(placeOf(one), placeOf(other)));
}

function placeOf(row: Row): string {
  return `${row['moment']} ${row['_sequence']}`;
}

function changesByValue(rows: readonly object[]): unknown[] {
  const texts = ['documentKey', 'data', 'updateDescription', 'rest'];
  const parsed = (name: string, value: unknown) => (texts.includes(name) ? JSON.parse(String(value)) : value);
  return rows
    .map((row): Row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, parsed(name, value)])))
    .toSorted((one, other) => compare(String(one['sequence']), String(other['sequence'])));
}
