// Runs the views of `npm run views` in DuckDB, over tables and over files, and compares them with the model.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { changesIn, compare, historyOf, latestOf, stateAt } from './support/model.ts';
import { queryDuckDb } from './support/readers.ts';
import type { Row } from './support/spark.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';
import { viewsOf } from './support/views-text.ts';

const places = temporaryPlaces();
const collections = ['orders', 'carts', 'baskets'];

interface Engine {
  readonly name: string;
  /** Creates the views of a collection, and runs one query over them. */
  readonly ask: (coll: string, question: string) => Promise<readonly Row[]>;
  readonly moment: (iso: string) => string;
}

const duckDb = (name: string, tables: () => string): Engine => ({
  name,
  ask: async (coll, question) => await queryDuckDb(question, await viewsOf('duckdb', coll, places.lake, tables())),
  moment: (iso) => `TIMESTAMP '${iso.slice(0, -1)}'`,
});

const engines: readonly Engine[] = [
  duckDb('DuckDB over tables', () => places.tables),
  duckDb('DuckDB over files', () => places.beside('no-tables')),
];

describe('the generated views', () => {
  before(async () => {
    for (const [number, wave] of tellStory(4).waves.entries())
      await tell(wave, places, number % 2 === 0 ? 'event' : 'batch');
    await compactTables(places);
  });

  for (const { name, ask, moment } of engines) {
    for (const coll of collections) {
      it(`give the newest state of ${coll}: ${name}`, async () => {
        const rows = await ask(coll, `SELECT _key, _sequence, _data FROM shop.${coll}_latest`);

        assert.deepEqual(sorted(rows), sorted(latestOf(changesIn(places.lake, 'shop', coll))));
      });

      it(`give the history of ${coll}, and so any moment: ${name}`, async () => {
        const changes = changesIn(places.lake, 'shop', coll);
        const rows = await ask(coll, `SELECT _key, _sequence, _data, _valid_from, _valid_to FROM shop.${coll}_history`);

        assert.deepEqual(sortedHistory(rows), sortedHistory(historyOf(changes)));
        for (const { clusterTime } of changes.filter((_, at) => at % 13 === 5)) {
          const at = moment(clusterTime);
          const question = `SELECT _key, _sequence, _data FROM shop.${coll}_history WHERE _valid_from <= ${at} AND (_valid_to IS NULL OR ${at} < _valid_to)`;
          assert.deepEqual(sorted(await ask(coll, question)), sorted(stateAt(changes, clusterTime)), clusterTime);
        }
      });
    }

    it(`give typed values: ${name}`, async () => {
      const sequence = changesIn(places.lake, 'shop', 'orders').findLast(({ document }) =>
        document?.includes('"A-9"'),
      )?.sequence;

      const [row = {}] = await ask('orders', `SELECT * FROM shop.orders_latest WHERE _sequence = '${sequence}'`);

      const { total, Total_2, price, placed, seen, rate, code, note, paid, coupon } = row;
      assert.deepEqual(
        { total, Total_2, price: Number(price), placed, seen: String(seen), rate, code, note, paid, coupon },
        {
          total: 9.75,
          Total_2: 'upper 9',
          price: 9.5,
          placed: '2026-11-20T21:51:00.009Z',
          seen: '9007199254741002',
          rate: 9.25,
          code: 'A-9',
          note: 'note "9" ’s',
          paid: false,
          coupon: 'NEW',
        },
      );
    });
  }
});

/** Compares values: engines that read files write JSON with other bytes. */
function sorted(rows: readonly object[]): unknown[] {
  return rows
    .map((row) => ({ ...row }))
    .map(({ _key, _sequence, _data }: Row) => ({ _sequence, _key: parsed(_key), _data: parsed(_data) }))
    .toSorted((one, other) => compare(String(one._sequence), String(other._sequence)));
}

function sortedHistory(rows: readonly object[]): unknown[] {
  return rows
    .map((row) => ({ ...row }))
    .map(({ _key, _sequence, _data, _valid_from, _valid_to }: Row) => ({
      _sequence,
      _valid_from,
      _valid_to,
      _key: parsed(_key),
      _data: parsed(_data),
    }))
    .toSorted((one, other) => compare(String(one._sequence), String(other._sequence)));
}

function parsed(text: unknown): unknown {
  return JSON.parse(String(text));
}
