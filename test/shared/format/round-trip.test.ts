import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Binary,
  BSONRegExp,
  Code,
  Decimal128,
  Double,
  EJSON,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { fc } from '../../support/seeded.ts';
import { written } from '../../support/written.ts';

const uint32 = fc.nat(0xffff_ffff);
const key = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a.b', '$x', '$', '', 'constructor', '10', '2'));
/** Only integers whose type relaxed keeps. A small 64-bit integer reads as one of 32 bits. */
const long = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).filter((value) => BigInt.asIntN(32, value) !== value);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.oneof(fc.constant(null), fc.boolean(), fc.string({ unit: 'grapheme' })),
    fc.integer().map((n) => new Int32(n)),
    long.map((n) => Long.fromBigInt(n)),
    fc.double().map((n) => new Double(n)),
    fc.double({ noNaN: true }).map((n) => Decimal128.fromString(String(n))),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
    fc
      .tuple(fc.uint8Array(), fc.constantFrom(0, 1, 3, 5, 6, 128, 255))
      .map(([bytes, subType]) => new Binary(bytes, subType)),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new Binary(bytes, 4)),
    fc.record({ t: uint32, i: uint32 }).map((time) => new Timestamp(time)),
    fc.constantFrom('', 'i', 'imx').map((options) => new BSONRegExp('^a/"\\d', options)),
    fc.string().map((code) => new Code(code)),
    fc.tuple(fc.string(), fc.dictionary(key, tie('value'))).map(([code, scope]) => new Code(code, scope)),
    fc.constantFrom(new MinKey(), new MaxKey()),
    fc.array(tie('value')),
    fc.dictionary(key, tie('value')),
  ),
}));

describe('writeValue(), there and back', () => {
  it('turns canonical into relaxed and that into the same canonical', () => {
    fc.assert(
      fc.property(value, (original) => {
        const canonical = EJSON.stringify(original, { relaxed: false });

        const back = written(written(canonical, 'relaxed'), 'canonical');

        assert.equal(back, canonical);
        assert.deepEqual(EJSON.parse(back, { relaxed: false }), EJSON.parse(canonical, { relaxed: false }));
      }),
      { numRuns: 500 },
    );
  });

  it('is not changed by a second pass, for any spelling', () => {
    fc.assert(
      fc.property(value, fc.boolean(), (original, relaxed) => {
        const sent = EJSON.stringify(original, { relaxed });

        for (const format of ['relaxed', 'canonical'] as const) {
          const once = written(sent, format);
          assert.equal(written(once, format), once);
        }
      }),
    );
  });
});
