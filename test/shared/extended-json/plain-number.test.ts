import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonical } from '../../../shared/format/canonical.ts';
import { relaxed } from '../../../shared/format/relaxed.ts';
import { simple } from '../../../shared/format/simple.ts';
import { writeValue } from '../../../shared/format/write-value.ts';
import { byteWriter } from '../../../shared/json/byte-writer.ts';

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
  ...['1.5e3', '1.0', '-1.25', '12345678901234567890123456789.5', `1.${'0'.repeat(40)}1`, 'NaN', '1x', '1.5x', '-1-1'],
];

describe('plainNumberEnd()', () => {
  for (const key of ['$numberInt', '$numberLong', '$numberDouble', '$numberDecimal', '$date'])
    it(`makes no difference: ${key} without spaces is written as it is with them, which no short way reads`, () => {
      for (const text of digits)
        for (const [tight, spaced] of [
          [`{"${key}":"${text}"}`, `{ "${key}" : "${text}" }`],
          [`{"${key}":"${text}","x":1}`, `{ "${key}" : "${text}" , "x" : 1 }`],
          [`{"${key}":{"$numberLong":"${text}"}}`, `{"${key}":{ "$numberLong":"${text}" }}`],
        ] as const)
          for (const format of [relaxed, canonical, simple])
            assert.equal(written(tight, format), written(spaced, format), tight);
    });
});

function written(text: string, format: typeof relaxed): string {
  const out = byteWriter(16);
  const bytes = Buffer.from(`[${text},0]`);
  writeValue(out, bytes, { start: 0, end: bytes.length }, format);
  return Buffer.from(out.bytes()).toString();
}
