// Runs the jobs of infra/spark, and compares them with the model. The real receiver and compaction wrote lake and
// tables.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { command as viewsCommand } from '../../local/commands/views.ts';
import { performed } from '../support/commands.ts';
import { changesIn, compare, historyOf, latestOf } from './support/model.ts';
import { runJob, sparkTypes, sparkValues, streamed, tableRows } from './support/spark.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';

const places = temporaryPlaces();
const target = (kind: string, coll: string) => places.beside(kind, coll);

describe('the jobs of infra/spark', () => {
  // Tables exist already when late events, repeats, new fields and new types come.
  before(async () => {
    for (const [number, wave] of tellStory(1).waves.entries()) {
      await tell(wave, places, number % 2 === 0 ? 'event' : 'batch');
      await compactTables(places);
      if (number === 0 || number === 3) await follow('orders');
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

  for (const [value, type, wanted] of [
    ['true', 'boolean', true],
    ['1', 'boolean', null],
    ['{"$numberLong":"9007199254740993"}', 'int64', '9007199254740993'],
    ['1.5', 'int64', null],
    ['9223372036854775808', 'int64', null],
    ['{"$numberDouble":"-Infinity"}', 'double', '-inf'],
    ['9007199254740993', 'double', null],
    ['{"$numberDecimal":"0.1"}', 'double', null],
    ['{"$numberDecimal":"19.900"}', 'decimal(4,2)', '19.900'],
    ['{"$numberDecimal":"19.905"}', 'decimal(4,2)', null],
    ['{"$numberDecimal":"119.90"}', 'decimal(4,2)', null],
    ['"19.90"', 'decimal(4,2)', '19.90'],
    ['{"$date":"2026-11-20T10:15:30Z"}', 'timestamp', '2026-11-20T10:15:30.000Z'],
    ['{"$date":{"$numberLong":"-1"}}', 'timestamp', '1969-12-31T23:59:59.999Z'],
    ['"soon"', 'timestamp', null],
    ['{"$date":"2026-11-20T00:00:00Z"}', 'date', '2026-11-20'],
    ['{"$date":"2026-11-20T10:15:30Z"}', 'date', null],
    ['"2026-11-20"', 'date', '2026-11-20'],
    ['{"$date":{"$numberLong":"1795212000000"}}', 'string', '2026-11-20T22:00:00.000Z'],
    ['{"$oid":"0000000000000000000000a1"}', 'string', '0000000000000000000000a1'],
    ['1.50', 'string', '1.50'],
    ['["a"]', 'string', null],
    ['{"$binary":{"base64":"SGVhdA==","subType":"00"}}', 'binary', 'SGVhdA=='],
    ['"SGVhdA=="', 'binary', 'SGVhdA=='],
    ['"no base64"', 'binary', null],
    ['{"a": 1.50}', 'json', '{"a": 1.50}'],
  ] as const)
    it(`read ${value} as ${type}: ${wanted}`, async () => {
      const columns = [[['field', 'inner'], type]] as const;

      assert.deepEqual(await sparkValues(`{"field":{"inner":${value}}}`, columns), [wanted]);
      assert.deepEqual(await sparkValues(`{"field":${value}}`, columns), [null]);
    });

  it('take names and types from a columns file, and add the fields that it lacks', async () => {
    const inferred = JSON.parse(await columnsOf('orders'));
    const columns = byHand(inferred.columns);
    const file = places.beside('columns.json');
    writeFileSync(file, JSON.stringify({ ...inferred, columns }));

    await followOnce('history', 'orders', 'typed', '--columns', file);

    const rows = await tableRows(target('typed', 'orders'), '_sequence');
    const versions = historyOf(changesIn(places.lake, 'shop', 'orders'));
    assert.deepEqual(
      rows.map(({ _sequence, _data, cost, city, code, Day, TAGS_2, note, coupon }) => ({
        ...{ _sequence, _data, cost, city, code, Day, TAGS_2, note, coupon },
      })),
      versions.map(({ _sequence, _data }) => ({ _sequence, _data, ...valuesByHand(JSON.parse(_data ?? '{}')) })),
    );
    const { cost, city, code, Day, TAGS_2, note, coupon } = await sparkTypes(target('typed', 'orders'));
    assert.deepEqual(
      { cost, city, code, Day, TAGS_2, note, coupon },
      {
        cost: 'decimal(7,2)',
        city: 'string',
        code: 'bigint',
        Day: 'date',
        TAGS_2: 'string',
        note: 'string',
        coupon: 'string',
      },
    );
  });

  it('take a changed columns file at the next run', async () => {
    const columns = [{ field: ['price'], name: 'price', type: 'string' }];
    const file = places.beside('columns.json');
    writeFileSync(file, JSON.stringify({ columns }));

    const printed = await followOnce('latest', 'orders', 'latest', '--columns', file);
    await tell([afterwards], places);
    await compactTables(places);
    const printedNext = await followOnce('latest', 'orders', 'latest', '--columns', file);

    const rows = await tableRows(target('latest', 'orders'), '_key');
    const latest = latestOf(changesIn(places.lake, 'shop', 'orders'));
    assert.deepEqual(
      rows.map(({ _data, price }) => [_data, price]),
      latest
        .toSorted((one, other) => compare(one._key, other._key))
        .map(({ _data }) => [_data, JSON.parse(_data ?? '{}').price?.$numberDecimal ?? null]),
    );
    assert.equal(printed, '');
    assert.match(printedNext, /^Writes .* again, with these columns: price string/);
  });

  it('refuse a malformed columns file before they begin', async () => {
    const file = places.beside('columns.json');
    writeFileSync(file, '{"columns":[{"field":["a"],"name":"a","type":"text"}]}');

    await assert.rejects(
      followOnce('latest', 'orders', 'refused', '--columns', file),
      /^Error: Cannot read columns: .*columns\.json must have a field and a type for each column: missing or wrong for "a"$/,
    );
    assert(!existsSync(target('refused', 'orders')));
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

/** An event after all others of the story, so that the target has something to follow. */
const afterwards = {
  _id: { _data: '82FFFFFFFF000000012B042C01002904' },
  operationType: 'insert',
  clusterTime: { $timestamp: { t: 1_795_300_000, i: 1 } },
  ns: { db: 'shop', coll: 'orders' },
  documentKey: { _id: 'last' },
  fullDocument: { _id: 'last', price: { $numberDecimal: '1.50' } },
};

async function follow(coll: string): Promise<void> {
  for (const kind of ['latest', 'history']) await followOnce(kind, coll, kind);
}

async function followOnce(job: string, coll: string, kind: string, ...more: readonly string[]): Promise<string> {
  const checkpoint = places.beside('checkpoints', kind, coll);
  const options = ['--changes', places.changes(coll), '--target', target(kind, coll), '--checkpoint', checkpoint];
  return await runJob(job, ...options, ...more);
}

async function columnsOf(coll: string): Promise<string> {
  const environment = { LAKE_URL: `file:${places.lake}`, TABLES: 'delta', TABLES_URL: `file:${places.tables}` };
  const { code, printed, output } = await performed(
    viewsCommand,
    environment,
    '--infer',
    '--collection',
    `shop.${coll}`,
  );
  assert.equal(code, 0, output);
  return printed;
}

interface ColumnEntry {
  readonly field: readonly string[];
  readonly name: string;
  readonly type: string;
}

/**
 * Changes what a person might change: a name, types that some values do not fit, a nested field, and a missing field.
 */
function byHand(columns: readonly ColumnEntry[]): ColumnEntry[] {
  return columns.flatMap((column) => {
    switch (column.field[0]) {
      case 'price':
        return [{ ...column, name: 'cost', type: 'decimal(7,2)' }];
      case 'address':
        return [{ field: ['address', 'city'], name: 'city', type: 'string' }];
      case 'code':
        return [{ ...column, type: 'int64' }];
      case 'placed':
        return [{ ...column, name: 'Day', type: 'date' }];
      case 'ref':
        return [column, { ...column, name: 'TAGS' }];
      case 'note':
      case 'coupon':
        return [];
      default:
        return [column];
    }
  });
}

function valuesByHand({ price, address, code, ref, note, coupon }: Readonly<Record<string, unknown>>) {
  const cost = Object(price).$numberDecimal ?? null;
  return {
    cost: cost === '12345.125' ? null : cost,
    city: Object(address).city ?? null,
    code: typeof code === 'number' ? code : null,
    Day: null,
    TAGS_2: ref === undefined ? null : 'c2343422-efe1-4f4c-b755-5bd7cd393228',
    note: note ?? null,
    coupon: coupon ?? null,
  };
}
