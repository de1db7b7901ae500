import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stringEnd, valueEnd } from '../../../shared/json/value-end.ts';
import { fc } from '../../support/seeded.ts';

describe('stringEnd()', () => {
  it('ends behind the quote that closes the string', () => {
    for (const string of ['""', '"a"', '"\\""', '"\\\\"', '"a\\\\\\"b"', '"{[,]}"', '"é𝄞\\u0022"']) {
      const text = Buffer.from(`${string}"`);

      assert.equal(stringEnd(text, 0), text.length - 1, string);
    }
  });

  it('ends there too with escapes around the length from which it searches', () => {
    for (let before = 56; before < 70; before++)
      for (const escaped of ['\\"', '\\\\', '\\\\\\"', '\\u0022"', '\\\\"'])
        for (const after of ['', 'x'.repeat(80), `${'\\"'.repeat(40)}`]) {
          const text = Buffer.from(`"${'x'.repeat(before)}${escaped}${after}" "`);
          const end = /^"(?:[^"\\]|\\.)*"/.exec(text.toString())?.[0].length;

          assert.equal(stringEnd(text, 0), end, text.toString());
        }
  });
});

describe('valueEnd()', () => {
  it('ends after the value, before any other text', () => {
    for (const value of [
      '1',
      '-1.5e+3',
      'true',
      'null',
      '"a]"',
      '[]',
      '{}',
      '[[1],{"a":"}"}]',
      '{"a":[1,2]}',
      '[ 1 ]',
    ]) {
      for (const behind of ['', ',', ' ,', ']', '}', '\n']) {
        assert.equal(valueEnd(Buffer.from(value + behind), 0), value.length, value + behind);
      }
    }
  });

  it('finds the end of any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\t'), (value, indent) => {
        const text = Buffer.from(JSON.stringify(value, null, indent));

        assert.equal(valueEnd(text, 0), text.length);
      }),
    );
  });
});
