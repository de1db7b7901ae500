import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { command } from '../../../local/commands/query.ts';
import { changeEvents, type EventFields, insertOf } from '../../support/change-events.ts';
import { type Performed, performed } from '../../support/commands.ts';
import { storeEvents, toldEvent } from '../../support/lake-story.ts';
import { type TemporaryLake, temporaryLake } from '../../support/lakes.ts';
import { environmentOf, queried } from '../../support/queries.ts';

const { insert, update, replace, drop } = changeEvents;

describe('npm run query', () => {
  it('shows the newest state of each document, with a typed column for each field', async (t) => {
    const lake = await lakeOf(t, [insert, update]);

    const rows = await asked(lake, 'select * from movies_latest');

    assert.deepEqual(rows, [
      {
        _key: '{"_id":{"$oid":"573a1390f29313caabcd4135"}}',
        _sequence: update._id._data,
        _clusterTime: '2026-11-20T10:15:30.000Z',
        _data: '{"_id":{"$oid":"573a1390f29313caabcd4135"},"title":"Heat","year":1995,"views":9007199254740993}',
        _id: '573a1390f29313caabcd4135',
        title: 'Heat',
        year: 1995,
        views: '9007199254740993',
      },
    ]);
  });

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

  it('counts an event once that is in an event file and in two batch files', async (t) => {
    const lake = await lakeOf(t, [insert, update]);
    await storeEvents(
      lake,
      [
        [insert, update],
        [update, replace],
      ],
      { LAKE_FILES: 'batch' },
    );

    const rows = await asked(lake, 'select operationType from movies_changes order by sequence');

    assert.deepEqual(rows, [{ operationType: 'insert' }, { operationType: 'update' }, { operationType: 'replace' }]);
  });

  it('reads a lake with the flat layout', async (t) => {
    const flat = { LAKE_LAYOUT: 'flat' };
    const lake = await lakeOf(t, [insert, other('crm', 'people', 1)], flat);

    const rows = await asked(lake, 'select title from sample_mflix.movies_latest', flat);
    const people = await asked(lake, 'select _id, name from people_latest', flat);

    assert.deepEqual(rows, [{ title: 'Heat' }]);
    assert.deepEqual(people, [{ _id: 1, name: 'Ada' }]);
  });

  it('reads folders and the flat layout as one collection, because the layout of a lake can change', async (t) => {
    const flat = { LAKE_LAYOUT: 'flat' };
    const lake = await lakeOf(t, [insert]);
    await storeEvents(lake, [[update, other('crm', 'people', 1)]], flat);

    const rows = await asked(lake, 'select operationType from movies_changes order by sequence', flat);
    const collections = await query(lake, ['--csv'], flat);

    assert.deepEqual(rows, [{ operationType: 'insert' }, { operationType: 'update' }]);
    assert.match(collections.printed, /^database,.*\ncrm,people,1,.*\nsample_mflix,movies,2,.*\n$/);
  });

  it('takes the bare name where one database has it, and names both where two have', async (t) => {
    const lake = await lakeOf(t, [other('crm', 'people', 1), other('shop', 'people', 2), insert]);

    const bare = await asked(lake, 'select title from movies_latest');
    const full = await asked(lake, 'select _id from shop.people_latest');
    const ambiguous = await query(lake, ['select * from people_latest']);

    assert.deepEqual([bare, full], [[{ title: 'Heat' }], [{ _id: 2 }]]);
    assert.equal(ambiguous.code, 1);
    assert.equal(
      ambiguous.output,
      'Cannot tell which "people_latest": several databases have it: say crm.people_latest or shop.people_latest\n',
    );
  });

  it('gives names that DuckDB takes for the same a number, and keeps its own columns', async (t) => {
    const lake = await lakeOf(t, [
      insertOf({ _id: 1, Title: 'a', title: 'b', TITLE: 'c', _key: 'd', _DATA: 'e', '': 'f' }),
    ]);

    const [row] = await asked(lake, 'select * exclude (_key, _sequence, _clusterTime, _data) from movies_latest');

    assert.deepEqual(row, { _id: 1, Title: 'a', title_2: 'b', TITLE_3: 'c', _key_2: 'd', _DATA_2: 'e', _: 'f' });
  });

  it('reads names of databases and collections that are no plain names', async (t) => {
    const long = 'x'.repeat(120);
    const lake = await lakeOf(t, [other('My Shop', 'a"b/c', 1), other('main', long, 2)]);

    const quoted = await asked(lake, 'select name from "My Shop"."a""b/c_latest"');
    const cut = await asked(lake, `select name from main.${long}_latest`);

    assert.deepEqual([quoted, cut], [[{ name: 'Ada' }], [{ name: 'Ada' }]]);
  });

  it('widens a type where documents differ, and is null where a value does not fit', async (t) => {
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

    const json = await query(lake, [sql, '--json']);
    const csv = await query(lake, [sql, '--csv']);
    const none = await query(lake, ['select 1 where false', '--json']);

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

  it('shows what is there without SQL', async (t) => {
    const lake = await lakeOf(t, [insert, update, other('crm', 'people', 1)]);

    const table = await query(lake, []);
    const json = await query(lake, ['--json']);

    assert.match(table.printed, /sample_mflix\s+movies\s+2\s+2026-11-20T10:15:30\.000Z/);
    assert.deepEqual(
      JSON.parse(json.printed).map(({ database, collection, events, newest }: Record<string, unknown>) => [
        database,
        collection,
        events,
        newest,
      ]),
      [
        ['crm', 'people', 1, '2026-11-20T10:15:31.000Z'],
        ['sample_mflix', 'movies', 2, '2026-11-20T10:15:30.000Z'],
      ],
    );
  });

  it('gives the errors of DuckDB in its own words', async (t) => {
    const lake = await lakeOf(t, [insert]);

    const unknown = await query(lake, ['select nothing from movies_latest']);
    const late = await query(lake, ['select cast(title as int) from movies_latest', '--json']);

    assert.deepEqual([unknown.code, late.code], [1, 1]);
    assert.match(unknown.output, /Binder Error: Referenced column "nothing" not found/);
    assert.match(late.output, /Conversion Error: Could not convert string 'Heat' to INT32/);
  });

  it('reads the events of the hours asked for alone', async (t) => {
    const lake = await lakeOf(t, [insert, other('sample_mflix', 'movies', 7, 3600)]);

    const first = await asked(lake, 'select title from movies_latest', {}, '--to', '2026-11-20T11');
    const second = await asked(lake, 'select name from movies_latest', {}, '--from', '2026-11-20T11');

    assert.deepEqual([first, second], [[{ title: 'Heat' }], [{ name: 'Ada' }]]);
  });

  it('leaves out a line that is no event, and says so', async (t) => {
    const lake = await lakeOf(t, [insert]);
    const path = 'sample_mflix/movies/year=2026/month=11/day=20/hour=10/foreign.json';
    await lake.create(path, Buffer.from('{"half":\n\n'), 'application/json', AbortSignal.timeout(10_000));
    await lake.create('~refused/hub/0/1.refused', Buffer.from('{}\n'), 'application/json', AbortSignal.timeout(10_000));

    const { output } = await query(lake, ['select title from movies_latest', '--csv']);

    assert.equal(output, 'Left out 1 lines of sample_mflix.movies that are no change events\ntitle\nHeat\n');
  });

  it('has no rows of documents from before a drop', async (t) => {
    const lake = await lakeOf(t, [insert, drop]);

    assert.deepEqual(await asked(lake, 'select * from movies_latest'), []);
    assert.deepEqual(await asked(lake, 'select _valid_to, _is_current from movies_history'), [
      { _valid_to: '2026-11-20T10:15:30.000Z', _is_current: false },
    ]);
  });

  it('says what is wrong with what it is asked', async (t) => {
    const lake = await lakeOf(t, []);
    const outputs = [];
    for (const args of [
      ['--json', '--csv'],
      ['select', '1'],
      ['--from', 'May'],
      ['--sample', '0'],
    ])
      outputs.push((await query(lake, args)).output);

    assert.deepEqual(outputs, [
      'Cannot query: the output must be --json or --csv: both are given\n',
      'Cannot query: the SQL must be one argument, in quotes: there are 2\n',
      'Cannot query: --from must be a day or an hour in UTC, such as 2026-11-20 or 2026-11-20T10: it is "May"\n',
      'Cannot query: --sample must be a whole number from 1 to 1000000: it is "0"\n',
    ]);
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

function other(db: string, coll: string, id: number, second = 1): EventFields {
  return toldEvent({ operationType: 'insert', db, coll, id, fields: { name: 'Ada' }, second, increment: id });
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

async function lakeOf(
  t: TestContext,
  events: readonly EventFields[],
  environment: Record<string, string> = {},
): Promise<TemporaryLake> {
  const lake = await temporaryLake(t);
  if (events.length > 0) await storeEvents(lake, [events], environment);
  return lake;
}

async function query(lake: TemporaryLake, args: string[], environment = {}): Promise<Performed> {
  return await performed(command, { ...environmentOf(lake), ...environment }, ...args);
}

async function asked(
  lake: TemporaryLake,
  sql: string,
  environment: Record<string, string> = {},
  ...args: string[]
): Promise<Record<string, unknown>[]> {
  return await queried({ ...environmentOf(lake), ...environment }, sql, ...args);
}
