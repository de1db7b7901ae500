import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anyText } from '../../support/any-text.ts';
import { fc } from '../../support/seeded.ts';
import { written } from '../../support/written.ts';

describe('relaxed', () => {
  it('keeps the digits of bare integers, even if JSON.parse would change them', () => {
    for (const number of [
      ...['0', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808', '1234567890'.repeat(40)],
      ...['1.0', '-0.0', '0.1', '-1.5', '5e-324', '1e+21', '0.30000000000000004', '1e400'],
    ]) {
      assert.equal(written(number, 'relaxed'), number);
      assert.equal(
        written(`{"9007199254740993":[${number}, ${number}]}`, 'relaxed'),
        `{"9007199254740993":[${number},${number}]}`,
      );
    }
  });

  it('gives a negative zero its fraction: an integer would lose the sign', () => {
    assert.equal(written('[-0, -0.0, "-0", 1e-0, {"-0":-0}]', 'relaxed'), '[-0.0,-0.0,"-0",1.0,{"-0":-0.0}]');
  });

  it('accepts canonical and relaxed spellings side by side', () => {
    const mixed =
      '{"a":[{"$numberLong":"9007199254740993"},9007199254740993,{"$numberInt":"1"},1],"b":{"$numberDouble":"1"}}';

    assert.equal(written(mixed, 'relaxed'), '{"a":[9007199254740993,9007199254740993,1,1],"b":1.0}');
  });

  it('keeps every digit of 64-bit integers, in each spelling', () => {
    // Numbers of up to 18 digits are copied in the usual spelling. All others are read as a value.
    const integers =
      '[{"$numberLong":"900719925474099311"},{"$numberLong":"9223372036854775807"},{ "$numberLong" : "-9007199254740993" }]';

    assert.equal(written(integers, 'relaxed'), '[900719925474099311,9223372036854775807,-9007199254740993]');
  });

  it('recognizes a key of a type by its value, not by its spelling', () => {
    const escaped =
      '{"a":{"\\u0024numberLong":"1"},"b":{"\\u0024\\u006fid":"56e1fc72e0c917e9c4714161"},"c":{"$numberInt":"\\u0031"}}';

    assert.equal(written(escaped, 'relaxed'), '{"a":1,"b":{"$oid":"56e1fc72e0c917e9c4714161"},"c":1}');
  });

  it('removes space between tokens and leaves it in strings', () => {
    const spaced = ' {\r\n\t"a b" : [ { "$numberInt" : "1" } , { "$date"\n:\n{ "$numberLong" : "-1" } } , " x " ] } ';

    assert.equal(written(spaced, 'relaxed'), '{"a b":[1,{"$date":{"$numberLong":"-1"}}," x "]}');
  });

  it('keeps order, doubled keys, escapes and lone surrogates', () => {
    for (const text of [
      '{"b":"","10":"","2":"","a":"","a":"x"}',
      '{"__proto__":{"constructor":{}},"":[]}',
      '"\\ud800\\/\\u00e9é"',
    ]) {
      assert.equal(written(text, 'relaxed'), text);
    }
  });

  it('leaves JSON that has no types as JSON.stringify writes it', () => {
    const key = fc.string().filter((name) => !name.startsWith('$'));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom(null, true, false),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        anyText(),
        fc.array(tie('value')),
        fc.dictionary(key, tie('value')),
      ),
    }));

    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\t'), (sent, indent) => {
        assert.equal(written(JSON.stringify(sent, null, indent), 'relaxed'), JSON.stringify(sent));
      }),
    );
  });
});
