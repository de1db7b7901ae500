import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameOfType } from '../../../local/views/column-type.ts';
import { inferColumns } from '../../../local/views/infer-columns.ts';

const types: readonly (readonly [string, string])[] = [
  ['1|2', 'int64'],
  ['1|9223372036854775808', 'double'],
  ['1|2.5', 'double'],
  ['9007199254740993|0.25', 'decimal(38,2)'],
  ['9007199254740993|1e-40', 'string'],
  ['{"$numberDecimal":"19.90"}|5', 'decimal(38,2)'],
  ['{"$numberDecimal":"NaN"}|{"$numberDecimal":"1"}', 'decimal(38,0)'],
  ['{"$numberDouble":"NaN"}|{"$numberInt":"1"}', 'double'],
  ['true|false|null', 'boolean'],
  ['true|1', 'string'],
  ['"a"|1', 'string'],
  ['null', 'string'],
  ['{"$undefined":true}', 'string'],
  ['{"$date":"2026-11-20T10:15:30Z"}|{"$date":{"$numberLong":"-1"}}', 'timestamp'],
  ['{"$date":"2026-11-20T10:15:30Z"}|"2026-11-20"', 'string'],
  ['{"$date":"soon"}', 'json'],
  ['{"$binary":{"base64":"SGVhdA==","subType":"00"}}', 'binary'],
  ['{"$binary":{"base64":"wjQ0Iu/hT0y3VVvXzTkyKA==","subType":"04"}}|"x"', 'string'],
  ['{"$timestamp":{"t":1,"i":1}}', 'json'],
  ['[1]|null', 'json'],
  ['{"a":1}|"x"', 'json'],
];

describe('inferColumns()', () => {
  for (const [values, type] of types)
    it(`makes ${type} of ${values}`, () => {
      const documents = values.split('|').map((value) => ({ text: Buffer.from(`{"a":${value}}`), isSimple: false }));

      assert.deepEqual(
        inferColumns(documents, 1).map((column) => nameOfType(column.type)),
        [type],
      );
    });

  it('takes a text for a date in the format simple alone', () => {
    const text = Buffer.from('{"at":"2026-11-20T10:15:30.250Z"}');

    assert.equal(inferColumns([{ text, isSimple: true }], 1)[0]?.type.kind, 'timestamp');
    assert.equal(inferColumns([{ text, isSimple: false }], 1)[0]?.type.kind, 'string');
  });

  it('lists the fields in the order of their first appearance', () => {
    const documents = ['{"b":1,"2":1}', '{"a":1,"b":1,"1":1}'].map((text) => ({
      text: Buffer.from(text),
      isSimple: false,
    }));

    assert.deepEqual(
      inferColumns(documents, 1).map(({ name }) => name),
      ['b', '2', 'a', '1'],
    );
  });
});
