import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRow } from '../../../shared/tables/row.ts';

const whole = {
  operationType: 'insert',
  data: { _id: 1 },
  documentKey: { _id: 1 },
  ns: { db: 'shop', coll: 'orders' },
  clusterTime: '2026-11-20T10:15:30.000Z',
  sequence: '82AB',
};

describe('readRow()', () => {
  it('keeps documents byte for byte, also numbers that JavaScript would round', () => {
    const data = '{"_id":1,"large":9007199254740993,"exact":0.1000000000000000055,"text":"\\u00e9 é","e":1.50}';

    const columns = columnsOf(lineWith({ data: 'DATA' }).replace('"DATA"', data));

    assert.equal(columns.data, data);
  });

  it('puts what has no column into rest, in its order and its bytes', () => {
    const columns = columnsOf(
      lineWith({ lsid: { id: 1 }, updateDescription: { a: 1 }, txnNumber: 5, 'event.data': null }),
    );

    assert.equal(columns.rest, '{"lsid":{"id":1},"txnNumber":5,"event.data":null}');
    assert.equal(columns.updateDescription, '{"a":1}');
  });

  it('reads a line with space wherever JSON has it', () => {
    const { data, sequence, rest } = columnsOf(JSON.stringify({ ...whole, txnNumber: 5 }, null, ' \t\r'));

    assert.deepEqual(
      [JSON.parse(data ?? ''), sequence, JSON.parse(rest ?? '')],
      [{ _id: 1 }, '82AB', { txnNumber: 5 }],
    );
  });

  it('refuses a line with a byte that UTF-8 does not have', () => {
    const line = Buffer.from(lineWith({ data: 'X' }));
    line[line.indexOf('X')] = 0xff;

    assert.equal(readRow(line), undefined);
  });

  it('has null for a JSON null and for what is missing', () => {
    const columns = columnsOf(lineWith({ data: null, documentKey: undefined, ns: null, wallTime: null }));

    const { data, documentKey, updateDescription, db, coll, wallTime, rest } = columns;
    assert.deepEqual([data, documentKey, updateDescription, db, coll, wallTime, rest], Array(7).fill(null));
  });

  it('reads the server’s clock in all three formats', () => {
    const times = [
      { $date: '2026-11-20T10:15:30.250Z' },
      { $date: { $numberLong: '1795169730250' } },
      '2026-11-20T10:15:30.250Z',
    ];

    const read = times.map((wallTime) => readRow(Buffer.from(lineWith({ wallTime }))));

    assert.deepEqual(
      read.map((row) => [row?.wallTime, row?.rest]),
      Array(3).fill([1795169730250, null]),
    );
  });

  for (const wallTime of [
    'soon',
    5,
    { $date: { $numberLong: '-1' } },
    { $date: { $numberLong: '99999999999999999' } },
    {},
    '2026-11-20T10:15:30Z',
  ])
    it(`leaves a wallTime in rest that its column cannot hold whole: ${JSON.stringify(wallTime)}`, () => {
      const columns = columnsOf(lineWith({ wallTime }));

      assert.equal(columns.wallTime, null);
      assert.equal(columns.rest, JSON.stringify({ wallTime }));
    });

  for (const [ns, db, coll] of [
    [{ db: 'shop', coll: 'orders', viewOn: 'x' }, 'shop', 'orders'],
    [{ db: 'shop', coll: 5 }, 'shop', null],
    ['shop', null, null],
  ] as const)
    it(`leaves a namespace in rest that its columns cannot hold whole: ${JSON.stringify(ns)}`, () => {
      const columns = columnsOf(lineWith({ ns }));

      assert.deepEqual([columns.db, columns.coll, columns.rest], [db, coll, JSON.stringify({ ns })]);
    });

  it('leaves half of a surrogate pair in rest, because no UTF-8 column can hold it', () => {
    const columns = columnsOf(lineWith({ ns: 'NS' }).replace('"NS"', '{"db":"\\ud800","coll":"orders"}'));

    assert.deepEqual(
      [columns.db, columns.coll, columns.rest],
      [null, 'orders', '{"ns":{"db":"\\ud800","coll":"orders"}}'],
    );
  });

  for (const line of [
    '',
    '{',
    '[]',
    '5',
    '{"operationType":"insert"}',
    '{"sequence":""}',
    '{"sequence":5}',
    `${lineWith({})}}`,
    `${lineWith({}).slice(0, -1)},}`,
    lineWith({}).replace(':', ' '),
    lineWith({ data: 'X' }).replace('"X"', '{"a":[1,2}'),
    lineWith({ data: 'X' }).replace('"X"', '01'),
    lineWith({ data: 'X' }).replace('"X"', '"\\x"'),
    lineWith({ data: 'X' }).replace('"X"', '['.repeat(320) + ']'.repeat(320)),
  ])
    it(`refuses what is not a line of the lake: ${line.slice(-30)}`, () => {
      assert.equal(readRow(Buffer.from(line)), undefined);
    });
});

function lineWith(fields: object): string {
  return JSON.stringify({ ...whole, ...fields });
}

function columnsOf(line: string) {
  const row = readRow(Buffer.from(line));
  assert(row !== undefined);
  const textOf = (value: Uint8Array | null): string | null =>
    value === null ? null : Buffer.from(value).toString('utf8');
  return {
    ...row,
    data: textOf(row.data),
    documentKey: textOf(row.documentKey),
    updateDescription: textOf(row.updateDescription),
    rest: textOf(row.rest),
  };
}
