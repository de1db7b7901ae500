import assert from 'node:assert/strict';
import { createHmac, createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { oneSpelling } from '../../../shared/events/one-spelling.ts';
import { unlimited } from '../../../shared/json/byte-writer.ts';
import { allAtOnce } from '../../../shared/json/steps.ts';
import { corpus } from '../../support/bson-corpus.ts';
import { hashedValue, redactSecret } from './redacted.ts';

describe('the hash of a value', () => {
  it('is the hash of openssl over the canonical text', () => {
    // printf '%s' '"a@example.com"' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf 'r%.0s' $(seq 32) | xxd -p -c 64)
    assert.equal(hashed('"a@example.com"'), '"hmac:bdf14f6f829f98c5ade0ecda1aac9521"');
  });

  it('is the same for every spelling of a value, and differs for two values', () => {
    const hashes = corpus.map((value) => {
      const spellings = [value.canonical, value.relaxed, ...(value.alsoSentAs ?? [])];
      const ofEach = new Set(spellings.map((text) => hashed(text)));
      assert.equal(ofEach.size, 1, value.name);
      return [hashed(value.canonical), value] as const;
    });

    for (const [hash, value] of hashes) {
      const same = hashes.filter(([other]) => other === hash).map(([, { relaxed }]) => relaxed.toLowerCase());
      assert.ok(new Set(same).size === 1 || same.every((text) => Number(text) === Number(same[0])), value.name);
    }
  });

  it('is that of the number, for each type and spelling', () => {
    for (const [one, ...others] of [
      [
        '5',
        '5.0',
        '5e0',
        '{"$numberInt":"5"}',
        '{"$numberLong":"5"}',
        '{"$numberDouble":"5.0"}',
        '{"$numberDouble":"50E-1"}',
      ],
      ['0', '-0', '-0.0', '{"$numberDouble":"-0.0"}', '{"$numberInt":"0"}'],
      ['1.5', '{"$numberDouble":"1.5"}', '{"$numberDouble":"1.50E0"}', '15e-1'],
      ['9007199254740993', '{"$numberLong":"9007199254740993"}'],
      ['1e30', '{"$numberDouble":"1e+30"}', '{"$numberDouble":"1000000000000000000000000000000.0"}'],
      ['{"$numberDouble":"NaN"}'],
    ] as const) {
      for (const other of others) assert.equal(hashed(other), hashed(one), other);
    }
    const [exact, ...near] = [
      '9007199254740993',
      '9007199254740992',
      '9007199254740994',
      '9007199254740993.0',
      '"9007199254740993"',
    ];
    for (const other of near) assert.notEqual(hashed(other), hashed(exact), other);
  });

  it('does not depend on escapes, spaces and the case of hex digits', () => {
    for (const [one, other] of [
      ['"é\\/\\u0041\\ud83d\\ude00"', '"\\u00e9/A😀"'],
      ['"\\n\\u0022\\u005c"', '"\\u000a\\"\\\\"'],
      ['{"é":[1,{"a":"\\u0062"}]}', '{ "\\u00e9" : [ 1 , { "\\u0061" : "b" } ] }'],
      ['{"$oid":"56E1FC72E0C917E9C4714161"}', '{"\\u0024oid":"56e1fc72e0c917e9c4714161"}'],
      [
        '{"$uuid":"C8EDABC3-F738-4CA3-B68D-AB92A91478A3"}',
        '{"$binary":{"base64":"yO2rw/c4TKO2jauSqRR4ow==","subType":"4"}}',
      ],
      ['"\\ud800"', '"\\uD800"'],
    ] as const) {
      assert.equal(hashed(one), hashed(other), one);
    }
    assert.notEqual(hashed('"\\ud800"'), hashed('"\\ufffd"'));
    assert.notEqual(hashed('{"a":1,"b":2}'), hashed('{"b":2,"a":1}'));
  });

  it('depends on the key', () => {
    assert.notEqual(hashed('1', createSecretKey(Buffer.alloc(32, 'q'))), hashed('1'));
  });

  it('is that of its one spelling, on the short way of most values too', () => {
    const ofCorpus = corpus.flatMap((value) => [value.canonical, value.relaxed, ...(value.alsoSentAs ?? [])]);
    const long = [`"${'x'.repeat(300)}"`, `"${'é'.repeat(300)}"`, `"${'\\u0061'.repeat(90)}"`];
    const others = [
      '-0',
      '1.50',
      '1e2',
      '1e308',
      '"a b/c"',
      '"\\u0061"',
      '"é\u007f\u2028"',
      '[1, 2]',
      '{}',
      '{ "$oid" : "56E1FC72E0C917E9C4714161" }',
      '{"$code":"é\\n"}',
      '{"$symbol":"é"}',
      '{"$regularExpression":{"pattern":"\\"","options":""}}',
      '{"$numberInt":"5","a":1}',
      '{"$numberInt":5}',
      '{"$date":{"$numberLong":"5"},"$numberInt":"5"}',
    ];

    for (const text of [...ofCorpus, ...others, ...long]) {
      const bytes = Buffer.from(text);
      const spelled = allAtOnce(oneSpelling(bytes, { start: 0, end: bytes.length }, unlimited)).bytes();
      const digest = createHmac('sha256', redactSecret).update(spelled).digest('hex');
      assert.equal(hashed(text), `"hmac:${digest.slice(0, 32)}"`, text);
    }
  });

  it('is the HMAC-SHA256 of a canonical value', () => {
    for (const text of [
      'null',
      'true',
      '"x"',
      '[]',
      '{"a":{"$numberInt":"1"}}',
      '{"$undefined":true}',
      '{"$minKey":1}',
    ]) {
      const digest = createHmac('sha256', redactSecret).update(text).digest('hex');
      assert.equal(hashed(text), `"hmac:${digest.slice(0, 32)}"`);
    }
  });
});

function hashed(text: string, key = redactSecret): string {
  const bytes = Buffer.from(`[${text}]`);
  return hashedValue(bytes, { start: 1, end: bytes.length - 1 }, key);
}
