import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DocumentFormat } from '../../../shared/format/formats.ts';
import { fc } from '../../support/seeded.ts';
import { documentFormats, written } from '../../support/written.ts';

const oid = '56e1fc72e0c917e9c4714161';
const uuid = 'c8edabc3-f738-4ca3-b68d-ab92a91478a3';

/**
 * Fields of a user that begin like a type. They have no bare numbers, because canonical gives those a type everywhere.
 */
const lookAlikes: readonly string[] = `
  {"$oid":"soon"} {"$oid":null} {"$oid":"${oid}0"} {"$oid":["${oid}"]} {"oid":"${oid}"}
  {"$oid":"${oid}","extra":true} {"$oid":"${oid}","$oid":"${oid}"} {"$oid":"x","$oid":"${oid}"} {"x":"","$oid":"${oid}"}
  {"$numberInt":"99999999999"} {"$numberInt":"2147483648"} {"$numberInt":"-2147483649"} {"$numberInt":"1.5"}
  {"$numberInt":"-0"} {"$numberInt":""} {"$numberInt":"\\u00201"} {"$numberInt":"007"} {"$numberInt":"0x1"}
  {"$numberInt":"1","$numberInt":"2"} {"$numberInt":null} {"$numberInt":{}} {"$numberInt":[]}
  {"$numberLong":"abc"} {"$numberLong":"9223372036854775808"} {"$numberLong":"-9223372036854775809"} {"$numberLong":{}}
  {"$numberDouble":"1e400"} {"$numberDouble":"1e-400"} {"$numberDouble":"-0.0002E-400"} {"$numberDouble":"one"}
  {"$numberDouble":"1."} {"$numberDouble":"-NaN"} {"$numberDouble":"1n"}
  {"$numberDecimal":"1E+6145"} {"$numberDecimal":"12345678901234567890123456789012345"} {"$numberDecimal":"x"}
  {"$date":"soon"} {"$date":"2020-02-30T00:00:00Z"} {"$date":"2020-01-01"} {"$date":"2020-01-01T00:00:00"} {"$date":null}
  {"$date":"2020-01-01T00:00:00.0001Z"} {"$date":{"$numberLong":"x"}} {"$date":{"$numberLong":"1","$numberLong":"2"}}
  {"$date":{"$numberLong":"1","x":true}} {"$date":{}} {"$date":{"$undefined":"x"}}
  {"$uuid":"nope"} {"$uuid":"${uuid.replaceAll('-', '')}"} {"$uuid":"${uuid}","x":""}
  {"$type":"x","$binary":"y"} {"$binary":"AQID","$type":"00"} {"$binary":{"base64":"AQ","subType":"00"}}
  {"$binary":{"base64":"AQ==","subType":"xx"}} {"$binary":{"base64":"AQ==","subType":"000"}} {"$binary":{"base64":"AQ=="}}
  {"$binary":{"base64":"AQ==","base64":"Ag==","subType":"00"}} {"$binary":{"base64":"","subType":"00","x":""}}
  {"$timestamp":{"t":"1","i":"2"}} {"$timestamp":{}} {"$timestamp":"1"} {"$timestamp":{"t":true,"i":null}}
  {"$regex":"a","$options":"i"} {"$regularExpression":{"pattern":"a"}} {"$regularExpression":{"pattern":"a","options":null}}
  {"$code":null} {"$code":"f","$scope":[]} {"$code":null,"$scope":{}} {"$code":"f","$scope":{},"x":""} {"$scope":{}}
  {"$scope":{},"$code":"f","x":""} {"$scope":{},"$code":null} {"$code":"f","$code":"g","$scope":{}} {"$code":"f","x":{}}
  {"$symbol":null} {"$undefined":false} {"$undefined":null} {"$minKey":true} {"$maxKey":"1"} {"$minKey":[]}
  {"$dbPointer":{"$ref":"a","$id":"${oid}"}} {"$dbPointer":{"$ref":"a","$id":{"$oid":"x"}}} {"$where":"x"} {"$":""}
`
  .trim()
  .split(/\s+/);

describe('writeValue(), for an object that only looks like a type', () => {
  for (const format of documentFormats) {
    it(`writes it in ${format} as it was sent`, () => {
      for (const text of lookAlikes) {
        assert.equal(written(text, format), text);
        assert.equal(written(`[{"a": ${text} }]`, format), `[{"a":${text}}]`);
      }
    });
  }

  it('gives types to its bare numbers in canonical', () => {
    for (const [text, canonical] of [
      ['{"$oid":5}', '{"$oid":{"$numberInt":"5"}}'],
      ['{"$date":5}', '{"$date":{"$numberInt":"5"}}'],
      ['{"$minKey":1.0}', '{"$minKey":{"$numberDouble":"1.0"}}'],
      ['{"$maxKey":2}', '{"$maxKey":{"$numberInt":"2"}}'],
      ['{"$timestamp":{"t":-0,"i":0}}', '{"$timestamp":{"t":{"$numberDouble":"-0.0"},"i":{"$numberInt":"0"}}}'],
      ['{"$timestamp":{"t":-1,"i":0}}', '{"$timestamp":{"t":{"$numberInt":"-1"},"i":{"$numberInt":"0"}}}'],
      ['{"$timestamp":{"t":1e0,"i":0}}', '{"$timestamp":{"t":{"$numberDouble":"1.0"},"i":{"$numberInt":"0"}}}'],
      ['{"$timestamp":{"t":1.0,"i":0}}', '{"$timestamp":{"t":{"$numberDouble":"1.0"},"i":{"$numberInt":"0"}}}'],
      [
        '{"$timestamp":{"t":4294967296,"i":0}}',
        '{"$timestamp":{"t":{"$numberLong":"4294967296"},"i":{"$numberInt":"0"}}}',
      ],
      [
        '{"$timestamp":{"t":1,"i":2},"x":3}',
        '{"$timestamp":{"t":{"$numberInt":"1"},"i":{"$numberInt":"2"}},"x":{"$numberInt":"3"}}',
      ],
    ] as const) {
      assert.equal(written(text, 'canonical'), canonical);
      const sameNumbers = text.replace('-0,', '-0.0,').replace('1e0', '1.0');
      assert.equal(written(text, 'relaxed'), sameNumbers);
      assert.equal(written(text, 'simple'), sameNumbers);
    }
  });

  it('still writes the values inside it by their types', () => {
    const text = `{"$oid":{"$oid":"${oid}"},"$date":{"$numberInt":"5"},"x":[{"$numberLong":"6"}]}`;

    assert.equal(written(text, 'relaxed'), `{"$oid":{"$oid":"${oid}"},"$date":5,"x":[6]}`);
    assert.equal(written(text, 'simple'), `{"$oid":"${oid}","$date":5,"x":[6]}`);
    assert.equal(written(text, 'canonical'), text);
  });

  it('accepts a megabyte of them, nested', () => {
    for (const key of ['$oid', '$date', '$binary', '$dbPointer', '$timestamp', '$code', '$scope', '\\u0024oid']) {
      const deep = `${`{"${key}":`.repeat(250)}true${'}'.repeat(250)}`;
      const text = `[${Array.from({ length: Math.ceil(1_000_000 / deep.length) }, () => deep).join(',')}]`;

      for (const format of documentFormats) assert.ok(written(text, format) === text, key);
    }
  });

  it('makes JSON of any spelling of types, the same at a second pass', () => {
    const types = '$oid $numberInt $numberLong $numberDouble $date $uuid $binary $timestamp $code $scope $minKey';
    const keys = `${types} base64 subType t i x`.split(' ');
    const texts = ` 5 1.5 NaN AQID 00 2020-01-01T00:00:00Z ${oid} ${uuid}`.split(' ');
    const plain = fc.constantFrom<unknown>(1, -0.5, 0, true, null, ...texts);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'medium' }, plain, tie('object'), fc.array(tie('value'), { maxLength: 2 })),
      object: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 2 }),
    }));

    fc.assert(
      fc.property(value, (sent) => {
        const text = JSON.stringify(sent);

        for (const format of documentFormats) assert.doesNotThrow(() => JSON.parse(written(text, format)));
        for (const format of ['relaxed', 'canonical'] as const) {
          const once = written(text, format);
          assert.equal(written(once, format), once);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeValue(), with objects that a format would turn into a type', () => {
  const sent: [format: DocumentFormat, text: string][] = [
    ['relaxed', '{"$minKey":{"$numberInt":"1"}}'],
    ['relaxed', '{"$maxKey":{"$numberLong":"1"}}'],
    ['relaxed', '{"$timestamp":{"t":{"$numberInt":"1"},"i":{"$numberInt":"2"}}}'],
    ['relaxed', '{"$timestamp":{"t":1,"i":{"$numberInt":"2"}}}'],
    ['canonical', '{"$date":5000000000}'],
    ['canonical', '{"$date":-5000000000}'],
  ];
  for (const [format, text] of sent) {
    it(`keeps ${text} as it is in ${format}`, () => {
      const spaced = text.replaceAll(/([{:,}])/g, ' $1\n');

      assert.equal(written(text, format), text);
      assert.equal(written(`[${spaced},${spaced}]`, format), `[${text},${text}]`);
    });
  }

  it('writes the others in the format, like every object', () => {
    assert.equal(written('{"$minKey":{"$numberInt":"7"}}', 'relaxed'), '{"$minKey":7}');
    assert.equal(written('{"$date":5}', 'canonical'), '{"$date":{"$numberInt":"5"}}');
  });
});
