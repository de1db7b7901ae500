import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wholeDocuments } from '../../../local/dump/whole-document.ts';
import type { Marks } from '../../../shared/extended-json/marks.ts';
import { canonical } from '../../../shared/format/canonical.ts';
import { formats } from '../../../shared/format/formats.ts';
import { relaxed } from '../../../shared/format/relaxed.ts';
import { simple } from '../../../shared/format/simple.ts';
import { writeValue } from '../../../shared/format/write-value.ts';
import { byteWriter } from '../../../shared/json/byte-writer.ts';
import { maxDepth, walkOver } from '../../../shared/json/json-fault.ts';
import type { Span } from '../../../shared/json/json-text.ts';
import { walkMembers } from '../../../shared/json/walk-members.ts';
import { corpus } from '../../support/bson-corpus.ts';
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

describe('writeValue(), with the marks of the check', () => {
  for (const [name, format] of Object.entries(formats)) {
    it(`writes the same as without them for random documents: ${name}`, () => {
      fc.assert(
        fc.property(documents, fc.constantFrom(undefined, 1), (document, space) => {
          assertMarked(JSON.stringify(document, undefined, space), format, space === undefined || isEmpty(document));
        }),
        { numRuns: 300 },
      );
    });

    it(`writes the same as without them for each value of the corpus: ${name}`, () => {
      for (const { canonical, relaxed, alsoSentAs = [] } of corpus)
        for (const value of [canonical, relaxed, ...alsoSentAs])
          for (const text of [`{"_id":1,"v":${value},"list":[${value},{"in":${value}},-0]}`, value])
            if (text.startsWith('{')) assertMarked(text, format);
    });

    it(`writes the same as without them where marks are missing: ${name}`, () => {
      const int = '{"$numberInt":"1"}';
      const deep = (levels: number, value: string): string => `${'{"a":'.repeat(levels)}${value}${'}'.repeat(levels)}`;
      for (const [text, areWhole] of [
        [`{"list":[${Array(4000).fill(int)}]}`, true],
        [`{"list":[${Array(5000).fill(int)}]}`, false],
        [deep(maxDepth - 3, int), true],
        [deep(maxDepth - 1, int), false],
        [`{"a":[1, -0]}`, false],
        [`{"a" :-0}`, false],
        [`{"a": -0}`, false],
        [`{"a":${int} }`, false],
        [`{ "a":${int}}`, false],
        [`{"\\u0024numberInt":"1","a":{"\\u0024numberInt":"1"}}`, true],
        [`{"$code":"f","$scope":{"a":-0,"$code":"g","b":${int}},"c":-0}`, true],
        [`{"c":{"$code":"f","$scope":{"a":-0,"b":{"$code":"g","$scope":{"c":${int}}}}},"d":-0,"e":${int}}`, true],
      ] as const)
        assertMarked(text, format, areWhole);
    });
  }
});

function isEmpty(document: object): boolean {
  return Object.keys(document).length === 0;
}

function assertMarked(document: string, format: typeof relaxed, areWhole = true): void {
  const text = Buffer.from(`${document}\0`);

  const whole = wholeDocuments()(text, 0);

  assert.equal(whole?.end, text.length - 1, document);
  assert.equal(whole.marks !== undefined, areWhole, document);
  // The `_id` is written alone too, into the document key.
  for (const span of [{ start: 0, end: whole.end }, ...memberSpans(text)])
    assert.equal(writtenSpan(text, span, format, whole.marks), writtenSpan(text, span, format), document);
}

function memberSpans(text: Buffer): Span[] {
  const spans: Span[] = [];
  walkMembers(walkOver(text, new Uint8Array(maxDepth)), 0, (_, start, end) => spans.push({ start, end }));
  return spans;
}

function writtenSpan(text: Buffer, span: Span, format: typeof relaxed, marks?: Marks): string {
  const out = byteWriter(16);
  writeValue(out, text, span, format, marks);
  return Buffer.from(out.bytes()).toString();
}

function written(text: string, format: typeof relaxed): string {
  const out = byteWriter(16);
  const bytes = Buffer.from(`[${text},0]`);
  writeValue(out, bytes, { start: 0, end: bytes.length }, format);
  return Buffer.from(out.bytes()).toString();
}
