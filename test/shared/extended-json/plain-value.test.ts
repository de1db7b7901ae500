import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonical } from '../../../shared/format/canonical.ts';
import { relaxed } from '../../../shared/format/relaxed.ts';
import { simple } from '../../../shared/format/simple.ts';
import { writeValue } from '../../../shared/format/write-value.ts';
import { byteWriter } from '../../../shared/json/byte-writer.ts';
import { fc } from '../../support/seeded.ts';

const digits = [
  ...['0', '-0', '00', '1', '-1', '007', '-', '', '999999999', '1000000000', '2147483647', '2147483648', '-2147483649'],
  ...[
    '999999999999999999',
    '9223372036854775807',
    '9223372036854775808',
    '1.5',
    '-0.0',
    '0.0',
    '00.5',
    '1.',
    '.5',
    '1e5',
  ],
  ...[
    '1.5e3',
    '1.0',
    '-62167219200001',
    '253402300799999',
    '253402300800000',
    '1700000000123',
    '1700000000000',
    '-1.25',
    '12345678901234567890123456789.5',
    `1.${'0'.repeat(40)}1`,
    'NaN',
    '1x',
    '1.5x',
    '-1-1',
  ],
  ...['65a1b2c3d4e5f60718293a4b', '65A1B2C3D4E5F60718293A4B', '65a1b2c3d4e5f60718293a4', '65a1b2c3d4e5f60718293a4bc'],
];

describe('findPlainValue()', () => {
  for (const key of ['$numberInt', '$numberLong', '$numberDouble', '$numberDecimal', '$date', '$oid'])
    it(`makes no difference: ${key} without spaces is written as it is with them, which no short way reads`, () => {
      for (const text of digits)
        for (const [tight, spaced] of [
          [`{"${key}":"${text}"}`, `{ "${key}" : "${text}" }`],
          [`{"${key}":"${text}","x":1}`, `{ "${key}" : "${text}" , "x" : 1 }`],
          [`{"${key}":{"$numberLong":"${text}"},"x":1}`, `{"${key}":{ "$numberLong":"${text}" }, "x":1}`],
          [`{"${key}":{"$numberLong":"${text}"}}`, `{"${key}":{ "$numberLong":"${text}" }}`],
        ] as const)
          for (const format of [relaxed, canonical, simple])
            assert.equal(written(tight, format), written(spaced, format), tight);
    });
});

/** Nested documents of values in their usual spelling, mixed with other values. */
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefA'), minLength: length, maxLength: length });
const number = fc.oneof(
  fc.constantFrom(...digits),
  fc.maxSafeInteger().map(String),
  fc.double({ noNaN: true }).map(String),
);
const value = fc.oneof(
  fc
    .tuple(fc.constantFrom('$numberInt', '$numberLong', '$numberDouble', '$numberDecimal'), number)
    .map(([key, text]) => ({ [key]: text })),
  fc.oneof(hex(24), hex(23)).map(($oid) => ({ $oid })),
  number.map(($numberLong) => ({ $date: { $numberLong } })),
  fc.jsonValue({ maxDepth: 2 }),
);
const documents = fc.dictionary(fc.string(), fc.oneof(value, fc.array(value), fc.dictionary(fc.string(), value)));

describe('writeValue(), with and without the short way', () => {
  for (const format of [relaxed, canonical, simple])
    it(`writes the same for random documents: ${JSON.stringify(format.plain)}`, () => {
      fc.assert(
        fc.property(documents, (document) => {
          const text = JSON.stringify(document);

          assert.equal(written(text, format), written(text, { ...format, plain: undefined }));
        }),
        { numRuns: 300 },
      );
    });
});

function written(text: string, format: typeof relaxed): string {
  const out = byteWriter(16);
  const bytes = Buffer.from(`[${text},0]`);
  writeValue(out, bytes, { start: 0, end: bytes.length }, format);
  return Buffer.from(out.bytes()).toString();
}
