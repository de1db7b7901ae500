import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { command } from '../../../local/commands/query.ts';
import { changeEvents, type EventFields, insertOf } from '../../support/change-events.ts';
import { performed } from '../../support/commands.ts';
import { storeEvents, toldEvent } from '../../support/lake-story.ts';
import { asked, environmentOf, lakeOf } from '../../support/queries.ts';

const { insert } = changeEvents;

describe('the values in a query', () => {
  for (const format of ['relaxed', 'canonical', 'simple']) {
    it(`reads every type of value from a lake in the format ${format}`, async (t) => {
      const lake = await lakeOf(t, [insertOf(everyType)], { DOCUMENT_FORMAT: format });

      const [row] = await asked(lake, 'select * exclude (_key, _sequence, _clusterTime, _data) from movies_latest');
      const types = await asked(lake, 'select column_name, column_type from (describe movies_latest)');

      const { decimal, binary, infinite, ...others } = typesOf(types);
      assert.deepEqual(withoutJson(row), expectedValues);
      assert.deepEqual(others, expectedTypes);
      // The format simple writes decimals, binaries and infinities as texts, so nobody can distinguish them from texts.
      const inSimple = ['VARCHAR', 'VARCHAR', 'VARCHAR'];
      assert.deepEqual(
        [decimal, binary, infinite],
        format === 'simple' ? inSimple : ['DECIMAL(38,2)', 'BLOB', 'DOUBLE'],
      );
    });
  }

  it('keeps the text of data, documentKey and the others byte for byte', async (t) => {
    const lake = await lakeOf(t, []);
    const data = '{"_id":"\\u00e9","a":1.50,"b":1E2}';
    await storeEvents(lake, [[JSON.stringify(insert).replace(/"fullDocument":\{.*?\}\}/, `"fullDocument":${data}`)]]);
    const [line = ''] = (await lake.files()).values();

    const [row] = await asked(
      lake,
      'select operationType, sequence, db, coll, documentKey, data, updateDescription, rest, clusterTime, wallTime, date from movies_changes',
    );

    assert.equal(
      String(row?.['data']),
      JSON.stringify(data).length > 0 ? /"data":(\{.*?\}),"documentKey"/.exec(line)?.[1] : '',
    );
    assert.deepEqual(row, {
      operationType: 'insert',
      sequence: insert._id._data,
      db: 'sample_mflix',
      coll: 'movies',
      documentKey: '{"_id":{"$oid":"573a1390f29313caabcd4135"}}',
      data: row?.['data'],
      updateDescription: null,
      rest: null,
      clusterTime: '2026-11-20T10:15:30.000Z',
      wallTime: '2026-11-20T10:15:30.250Z',
      date: '2026-11-20',
    });
  });

  it('widens a type if documents differ, and is null if a value does not fit', async (t) => {
    const documents = [
      {
        _id: 1,
        count: 1,
        price: 1.5,
        mixed: 'a',
        big: { $numberLong: '9007199254740993' },
        later: 1,
        nested: { a: 1 },
      },
      { _id: 2, count: 2.5, price: { $numberDecimal: '19.90' }, mixed: true, big: 0.5, later: 2, nested: 'b' },
    ];
    const lake = await lakeOf(
      t,
      documents.map((one, index) => inserted(one, index)),
    );

    const rows = await asked(
      lake,
      'select * exclude (_key, _sequence, _clusterTime, _data) from movies_latest order by _id',
    );
    const beyond = await asked(lake, 'select _id, later, _data from movies_latest order by _id', {}, '--sample', '1');

    assert.deepEqual(rows, [
      { _id: 1, count: 1, price: '1.50', mixed: 'a', big: '9007199254740993.0', later: 1, nested: '{"a":1}' },
      { _id: 2, count: 2.5, price: '19.90', mixed: 'true', big: '0.5', later: 2, nested: '"b"' },
    ]);
    assert.equal(beyond.length, 2);
  });

  it('makes a column of each field of an object with --flatten', async (t) => {
    const lake = await lakeOf(t, [
      insertOf({ _id: 1, address: { city: 'Oslo', geo: { lat: 1.5 } }, address_city: 'x' }),
    ]);

    const [row] = await asked(
      lake,
      'select * exclude (_key, _sequence, _clusterTime, _data) from movies_latest',
      {},
      '--flatten',
      '2',
    );

    assert.deepEqual(row, { _id: 1, address_city: 'Oslo', address_geo: '{"lat":1.5}', address_city_2: 'x' });
  });

  it('prints exact JSON and CSV', async (t) => {
    const lake = await lakeOf(t, [insert]);
    const sql = `select 9007199254740993::bigint a, 9007199254740991::bigint b, 1.10::decimal(10,2) c, 'nan'::double d, '-inf'::double e,
      timestamp '2026-01-02 03:04:05.678901' f, timestamptz '2026-01-02 03:04:05+02' g, 'Heat'::blob h, [1, null] i, null j, '' k,
      'a"b,c' l, date '2026-01-02' m, 1e300::double n, {x: 9007199254740993::hugeint} o`;

    const json = await performed(command, environmentOf(lake), sql, '--json');
    const csv = await performed(command, environmentOf(lake), sql, '--csv');
    const none = await performed(command, environmentOf(lake), 'select 1 where false', '--json');

    assert.deepEqual(JSON.parse(json.printed), [
      {
        a: '9007199254740993',
        b: 9007199254740991,
        c: '1.10',
        d: 'NaN',
        e: '-Infinity',
        f: '2026-01-02T03:04:05.678901Z',
        g: '2026-01-02T01:04:05.000Z',
        h: 'SGVhdA==',
        i: [1, null],
        j: null,
        k: '',
        l: 'a"b,c',
        m: '2026-01-02',
        n: 1e300,
        o: { x: '9007199254740993' },
      },
    ]);
    assert.equal(
      csv.printed.split('\n')[1],
      '9007199254740993,9007199254740991,1.10,NaN,-Infinity,2026-01-02T03:04:05.678901Z,2026-01-02T01:04:05.000Z,SGVhdA==,"[1,null]",,"","a""b,c",2026-01-02,1e+300,"{""x"":""9007199254740993""}"',
    );
    assert.deepEqual(JSON.parse(none.printed), []);
  });
});

const everyType = {
  _id: { $oid: '573a1390f29313caabcd4135' },
  text: 'a',
  int: { $numberInt: '5' },
  long: { $numberLong: '9007199254740993' },
  double: { $numberDouble: '8.5' },
  whole: { $numberDouble: '8.0' },
  infinite: { $numberDouble: '-Infinity' },
  decimal: { $numberDecimal: '19.90' },
  date: { $date: { $numberLong: '1795169730250' } },
  old: { $date: { $numberLong: '-1' } },
  flag: true,
  binary: { $binary: { base64: 'SGVhdA==', subType: '00' } },
  uuid: { $binary: { base64: 'wjQ0Iu/hT0y3VVvXzTkyKA==', subType: '04' } },
  nothing: null,
  array: [{ $numberInt: '1' }],
  object: { a: { $numberInt: '1' } },
};

const expectedValues = {
  _id: '573a1390f29313caabcd4135',
  text: 'a',
  int: 5,
  long: '9007199254740993',
  double: 8.5,
  whole: 8,
  infinite: '-Infinity',
  decimal: '19.90',
  date: '2026-11-20T10:15:30.250Z',
  old: '1969-12-31T23:59:59.999Z',
  flag: true,
  binary: 'SGVhdA==',
  uuid: 'c2343422-efe1-4f4c-b755-5bd7cd393228',
  nothing: null,
};

const expectedTypes = {
  _id: 'VARCHAR',
  text: 'VARCHAR',
  int: 'BIGINT',
  long: 'BIGINT',
  double: 'DOUBLE',
  whole: 'DOUBLE',
  date: 'TIMESTAMP',
  old: 'TIMESTAMP',
  flag: 'BOOLEAN',
  uuid: 'VARCHAR',
  nothing: 'VARCHAR',
  array: 'VARCHAR',
  object: 'VARCHAR',
};

/** JSON columns hold the text of the format. */
function withoutJson({ array: _array, object: _object, ...others }: Record<string, unknown> = {}): unknown {
  return others;
}

function typesOf(rows: readonly Record<string, unknown>[]): Record<string, unknown> {
  const own = ['_key', '_sequence', '_clusterTime', '_data'];
  return Object.fromEntries(
    rows.flatMap(({ column_name: name, column_type: type }) =>
      own.includes(String(name)) ? [] : [[String(name), type]],
    ),
  );
}

function inserted({ _id: id, ...fields }: { _id: number } & Record<string, unknown>, index: number): EventFields {
  return toldEvent({
    operationType: 'insert',
    db: 'sample_mflix',
    coll: 'movies',
    id,
    fields,
    second: 1,
    increment: index,
  });
}
