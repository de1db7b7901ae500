import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isoOfMs, msOfIso } from '../../../shared/extended-json/dates.ts';
import { fc } from '../../support/seeded.ts';

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const maxDateMs = 8_640_000_000_000_000;
const cycle = { years: 400n, ms: 146_097n * 86_400_000n };

describe('msOfIso()', () => {
  it('reads a moment with and without a fraction, in any zone', () => {
    for (const [text, ms] of [
      ['1970-01-01T00:00:00Z', 0n],
      ['1969-12-31T23:59:59.999Z', -1n],
      ['2012-12-24T12:15:30.5Z', 1356351330500n],
      ['2012-12-24T12:15:30.05Z', 1356351330050n],
      ['2012-12-24T13:15:30.501+01:00', 1356351330501n],
      ['2012-12-24T06:45:30.501-0530', 1356351330501n],
      ['2012-12-24T12:15:30.501-00:00', 1356351330501n],
      ['2000-02-29T23:59:59Z', 951868799000n],
      ['0000-01-01T00:00:00Z', -62167219200000n],
      ['9999-12-31T23:59:59.999Z', 253402300799999n],
      ['9999-12-31T23:59:59.999-23:59', 253402387139999n],
    ] as const) {
      assert.equal(msOfIso(text), ms, text);
    }
  });

  it('refuses a text that is no moment, or finer than BSON can hold', () => {
    for (const text of [
      ...[
        '2020-02-30T00:00:00Z',
        '1900-02-29T00:00:00Z',
        '2020-13-01T00:00:00Z',
        '2020-00-01T00:00:00Z',
        '2020-01-00T00:00:00Z',
      ],
      ...[
        '2020-01-01T24:00:00Z',
        '2020-01-01T23:60:00Z',
        '2016-12-31T23:59:60Z',
        '2020-01-01T00:00:00+24:00',
        '2020-01-01T00:00:00+00:60',
      ],
      ...[
        '2020-01-01',
        '2020-01-01T00:00Z',
        '2020-01-01T00:00:00',
        '2020-01-01 00:00:00Z',
        '20200101T000000Z',
        '2020-1-1T00:00:00Z',
      ],
      ...[
        '2020-01-01T00:00:00.Z',
        '2020-01-01T00:00:00.0001Z',
        '2020-01-01T00:00:00+01',
        '2020-01-01T00:00:00z',
        '+012020-01-01T00:00:00Z',
      ],
      ...[
        '',
        'soon',
        '1577836800000',
        'Wed, 01 Jan 2020 00:00:00 GMT',
        ' 2020-01-01T00:00:00Z',
        '2020-01-01T00:00:00Z\n',
      ],
    ]) {
      assert.equal(msOfIso(text), undefined, text);
    }
  });
});

describe('isoOfMs()', () => {
  it('agrees with Date in the range of Date', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger().filter((ms) => Math.abs(ms) <= maxDateMs),
        (ms) => {
          assert.equal(isoOfMs(BigInt(ms)), new Date(ms).toISOString());
        },
      ),
    );
  });

  it('gives every moment of 64 bits its own text, with the same calendar day after 400 years', () => {
    fc.assert(
      fc.property(fc.bigInt(int64), (ms) => {
        const { year, rest } = partsOf(isoOfMs(ms));
        const cycles = ms / cycle.ms;

        const near = new Date(Number(ms - cycles * cycle.ms)).toISOString();

        assert.deepEqual({ year: year - cycles * cycle.years, rest }, partsOf(near));
      }),
    );
  });

  it('can be read by msOfIso(), in the years 0 to 9999', () => {
    fc.assert(
      fc.property(fc.bigInt(-62167219200000n, 253402300799999n), (ms) => {
        assert.equal(msOfIso(isoOfMs(ms)), ms);
      }),
    );
  });
});

function partsOf(iso: string): { year: bigint; rest: string } {
  const [, year = '', rest = ''] = /^([+-]\d{6,}|\d{4})(-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)$/.exec(iso) ?? [];
  return { year: BigInt(year.replace('+', '')), rest };
}
