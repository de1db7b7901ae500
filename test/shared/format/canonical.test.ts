import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { written } from '../../support/written.ts';

describe('canonical', () => {
  it('gives a bare number the smallest type that holds it, with every digit of an integer', () => {
    for (const [number, type, text] of [
      ['0', '$numberInt', '0'],
      ['-2147483648', '$numberInt', '-2147483648'],
      ['2147483647', '$numberInt', '2147483647'],
      ['2147483648', '$numberLong', '2147483648'],
      ['-2147483649', '$numberLong', '-2147483649'],
      ['9007199254740993', '$numberLong', '9007199254740993'],
      ['9223372036854775807', '$numberLong', '9223372036854775807'],
      ['-9223372036854775808', '$numberLong', '-9223372036854775808'],
      ['9223372036854775808', '$numberDouble', '9223372036854775808.0'],
      ['-9223372036854775809', '$numberDouble', '-9223372036854775809.0'],
      ['1.0', '$numberDouble', '1.0'],
      ['-0', '$numberDouble', '-0.0'],
      ['-0.0', '$numberDouble', '-0.0'],
      ['1e5', '$numberDouble', '100000.0'],
      ['-1E-300', '$numberDouble', '-1e-300'],
    ] as const) {
      assert.equal(written(number, 'canonical'), `{"${type}":"${text}"}`);
      assert.equal(written(`{"1":[ ${number} ]}`, 'canonical'), `{"1":[{"${type}":"${text}"}]}`);
    }
  });

  it('does not change the numbers inside a type', () => {
    const typed = '[{"$timestamp":{"t":1,"i":2}},{"$minKey":1},{"$maxKey":1}]';

    assert.equal(written(typed, 'canonical'), typed);
    assert.equal(written(typed.replaceAll(/[{}:,]/g, ' $& '), 'canonical'), typed);
  });

  it('types the numbers inside a scope and a DBRef', () => {
    const sent = '[{"$code":"f","$scope":{"n":1}},{"$ref":"a","$id":2}]';

    assert.equal(
      written(sent, 'canonical'),
      '[{"$code":"f","$scope":{"n":{"$numberInt":"1"}}},{"$ref":"a","$id":{"$numberInt":"2"}}]',
    );
  });
});
