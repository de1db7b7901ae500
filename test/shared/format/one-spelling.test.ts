import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Double, EJSON } from 'bson';
import { fc } from '../../support/seeded.ts';
import { documentFormats, written } from '../../support/written.ts';

const binary = (base64: string, subType: string): string => `{"$binary":{"base64":"${base64}","subType":"${subType}"}}`;
const expression = (options: string): string => `{"$regularExpression":{"pattern":"x","options":"${options}"}}`;
const double = (text: string): string => `{"$numberDouble":"${text}"}`;
const decimal = (text: string): string => `{"$numberDecimal":"${text}"}`;
const uuid = '3b241101-e2bb-4255-8caf-4136c566a962';
const pointer = (id: string): string => `{"$dbPointer":{"$ref":"a","$id":{"$oid":"${id}"}}}`;

/** The spelling of the lake first. Drivers and tools use all of these, or may. */
const spellings: readonly (readonly [string, ...string[]])[] = [
  // mongoexport and the Go driver, then Java, then C.
  ...[
    ['1e+21', '1E+21', '1.0E21', '1e21', '1000000000000000000000', '1000000000000000000000.0'],
    ['9007199254740994.0', '9.007199254740994E+15', '9007199254740994', '9007199254740994.00'],
    ['5e-324', '5E-324', '4.9E-324', '4.9406564584124654e-324'],
    ['1e-7', '1E-07', '0.0000001', '1.0E-7'],
    ['0.000001', '1E-06', '1.0E-6', '0.0000010'],
    ['0.1', '0.10', '1e-1', '0.10000000000000000555', '0.1000000000000000055511151231257827'],
    ['9223372036854775808.0', '9.223372036854776E+18', '9223372036854776000.0', '9223372036854775808'],
    ['5.0', '5', '5.00', '5e0', '0.5E1'],
    ['0.0', '0', '0e10', '0.000e-400'],
    ['-0.0', '-0', '-0e1'],
    ['0.30000000000000004', '3.0000000000000004E-1', '0.300000000000000040'],
  ].map(([lake = '', ...others]) => [double(lake), ...others.map(double)] as const),
  ...[
    ['1E+3', '1e3', '1E3', '+1E+3'],
    ['1.50', '150e-2'],
    ['1E-7', '0.0000001', '1e-7'],
    ['0.000001', '1e-6'],
    ['0E-7', '0.0000000'],
    ['1.000000000000000000000000000000000E+6144', '1E+6144'],
    ['Infinity', 'inf', 'INFINITY'],
  ].map(([lake = '', ...others]) => [decimal(lake), ...others.map(decimal)] as const),
  [binary('OyQRAeK7QlWMr0E2xWapYg==', '04'), binary('OyQRAeK7QlWMr0E2xWapYg==', '4'), `{"$uuid":"${uuid}"}`],
  [binary('AQ==', '0a'), binary('AQ==', 'A'), binary('AR==', '0A'), '{"$binary":{"subType":"0a","base64":"AQ=="}}'],
  [binary('AQI=', '00'), binary('AQJ=', '0')],
  ['{"$oid":"573a1390f29313caabcd446f"}', '{"$oid":"573A1390F29313CAABCD446F"}'],
  [pointer('573a1390f29313caabcd446f'), pointer('573A1390F29313CAABCD446F')],
  [expression('im'), expression('mi'), '{"$regularExpression":{"options":"mi","pattern":"x"}}'],
  ['{"$timestamp":{"t":5,"i":1}}', '{"$timestamp":{"i":1,"t":5}}'],
  [
    '{"$date":{"$numberLong":"1795169730000"}}',
    '{"$date":"2026-11-20T10:15:30Z"}',
    '{"$date":"2026-11-20T10:15:30.000Z"}',
    '{"$date":"2026-11-20T11:15:30+01:00"}',
  ],
];

const spaced = (json: string): string => json.replaceAll(/([{,}]|(?<="):)/g, ' $1 ');
const withGsonEscapes = (json: string): string => json.replaceAll('=', '\\u003d').replaceAll('/', '\\/');
const withAllEscapes = (json: string): string =>
  json.replaceAll(/(?<=")\w[^"]*(?=")|\$\w+/g, (text) =>
    [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );

describe('writeValue(), for one value in several spellings', () => {
  for (const format of documentFormats)
    for (const [lake, ...others] of spellings)
      it(`writes ${lake} in one spelling in ${format}`, () => {
        const text = written(lake, format);
        if (format === 'canonical') assert.equal(text, lake);
        for (const other of [lake, ...others])
          for (const sent of [other, spaced(other), withGsonEscapes(other), withAllEscapes(other)])
            assert.equal(written(`[${sent}]`, format), `[${text}]`, sent);
      });

  it('spells a bare number with a fraction or an exponent as its double', () => {
    for (const [lake, ...others] of [
      ['1e+21', '1e21', '1E+21', '1.0e21', '1000000000000000000000.0'],
      ['10000000000.0', '1.0E10', '1e10'],
      ['1e-7', '0.0000001', '1E-07'],
      ['0.1', '0.10', '1e-1', '100e-3'],
      ['5.5', '5.50', '0.55E+1'],
      ['-12.0', '-12.00', '-1.2e1', '-1200E-2'],
      ['1e-7', '0.000000100'],
      ['0.30000000000000004', '3.0000000000000004E-1'],
      ['0.0', '0e10', '0.00', '0e99999999999999999999'],
      ['-0.0', '-0', '-0e1'],
    ] as const)
      for (const number of [lake, ...others]) {
        assert.equal(written(`[${number} ]`, 'canonical'), `[${double(lake)}]`);
        for (const format of ['relaxed', 'simple'] as const) assert.equal(written(`[${number} ]`, format), `[${lake}]`);
      }
  });

  it('keeps the text of a bare number whose double has another value', () => {
    for (const number of [
      ...['0.1234567890123456789012', '0.1000000000000000055511151231257827', '9223372036854776000.0', '4.9E-324'],
      ...['1e-400', '-1e-400', '0.00001e-400', '1e400', '-1.5E999999999999999999999', '5.684341886080801500E-14'],
      ...[`1${'0'.repeat(30)}1.0`, `0.${'0'.repeat(400)}1`],
    ]) {
      assert.equal(written(`[${number} ]`, 'canonical'), `[${double(number)}]`);
      for (const format of ['relaxed', 'simple'] as const) assert.equal(written(`[${number} ]`, format), `[${number}]`);
    }
  });

  it('never changes the decimal value of a bare number', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(fc.nat(999), digits, fc.integer({ min: -30, max: 30 }), (whole, fraction, exponent) => {
        const sent = `${whole}.${fraction}e${exponent}`;
        assert.equal(scaled(written(sent, 'relaxed')), scaled(sent), sent);
      }),
      { numRuns: 2000 },
    );
  });

  it('spells each double as bson does, and reads the same double from it', () => {
    const sent = fc.oneof(
      fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
      fc.integer().map((n) => n / 1000),
    );
    fc.assert(
      fc.property(sent, fc.integer({ min: 1, max: 20 }), (value, digits) => {
        const text = written(double(value.toExponential(digits)), 'relaxed');
        const same = Number(value.toExponential(digits));

        assert.ok(Object.is(Number(text), same));
        assert.equal(`{"$numberDouble":"${text}"}`, EJSON.stringify(new Double(same), { relaxed: false }));
        assert.equal(written(double(text), 'canonical'), double(text));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The value times 10^100. */
function scaled(number: string): bigint {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(100 + Number(exponent) - fraction.length);
}
