import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipSpace } from '../../../shared/json/json-bytes.ts';
import { elementsOf, type Member, memberOf, membersOf, parseAt, stringAt } from '../../../shared/json/json-text.ts';
import { anyText } from '../../support/any-text.ts';
import { fc } from '../../support/seeded.ts';

describe('membersOf()', () => {
  it('knows the span of each key and each value', () => {
    const text = Buffer.from('  { "a" : [1, 2] ,\n"b\\u0063":"x"} ');

    const members = membersOf(text, skipSpace(text, 0), 10) ?? assert.fail();

    assert.deepEqual([...members.keys()], ['a', 'bc']);
    assert.deepEqual([...members.values()].map(partsOf), [
      ['"a"', '[1, 2]'],
      ['"b\\u0063"', '"x"'],
    ]);

    function partsOf({ keyStart, keyEnd, start, end }: Member) {
      return [text.toString('utf8', keyStart, keyEnd), text.toString('utf8', start, end)];
    }
  });

  it('stops if there are more members than wanted', () => {
    const text = Buffer.from('{"a":1,"b":2,"a":3}');

    assert.equal(membersOf(text, 0, 2)?.size, 2);
    assert.equal(membersOf(text, 0, 1), undefined);
  });

  it('uses the last of a repeated key', () => {
    const text = Buffer.from('{"a":1,"b":2,"\\u0061":3}');

    const members = membersOf(text, 0, 10) ?? assert.fail();

    assert.deepEqual(
      [...members].map(([key, member]) => [key, parseAt(text, member)]),
      [
        ['a', 3],
        ['b', 2],
      ],
    );
  });

  it('has the members that JSON.parse has, in the order of the text', () => {
    const key = fc.oneof(anyText(), fc.constantFrom('__proto__', 'constructor', '', '10', '9', '$oid'));

    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, fc.jsonValue()), { selector: ([name]) => name }), (entries) => {
        const text = Buffer.from(
          `{ ${entries.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(' , ')} }`,
        );

        const members = [...(membersOf(text, 0, 100) ?? assert.fail())].map(([name, member]) => [
          name,
          parseAt(text, member),
        ]);

        assert.deepEqual(
          members,
          entries.map(([name, value]) => [name, JSON.parse(JSON.stringify(value))]),
        );
      }),
    );
  });
});

describe('memberOf()', () => {
  it('has the last member of that key, and nothing for a missing key', () => {
    const text = Buffer.from('{"a":1,"b":{"a":2},"\\u0061":3}');

    assert.equal(parseAt(text, memberOf(text, 0, 'a') ?? assert.fail()), 3);
    assert.equal(memberOf(text, 0, 'c'), undefined);
  });
});

describe('elementsOf()', () => {
  it('stops if there are more elements than wanted', () => {
    const text = Buffer.from('[1,[2],3]');

    assert.equal(elementsOf(text, 0, 3)?.length, 3);
    assert.equal(elementsOf(text, 0, 2), undefined);
    assert.deepEqual(elementsOf(Buffer.from('[ ]'), 0, 0), []);
  });

  it('has the elements in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom('', ' ', '\t'), (values, indent) => {
        const text = Buffer.from(JSON.stringify(values, null, indent));

        const elements = elementsOf(text, 0, 100)?.map((span) => parseAt(text, span));

        assert.deepEqual(elements, JSON.parse(text.toString()));
      }),
    );
  });
});

describe('stringAt()', () => {
  it('resolves escapes as JSON.parse does', () => {
    for (const string of [
      '""',
      '"é𝄞"',
      '"\\u00e9\\ud834\\udd1e"',
      '"\\ud800"',
      '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
      '"a\\\\"',
    ]) {
      const text = Buffer.from(string);

      assert.equal(stringAt(text, 0, text.length), JSON.parse(string), string);
    }
  });

  it('reads a part of a larger buffer, and bytes that are no Buffer', () => {
    const text = new TextEncoder().encode('junk{"é":[1]}').subarray(4);

    assert.equal(stringAt(text, 1, 5), 'é');
    assert.deepEqual(parseAt(text, { start: 6, end: 9 }), [1]);
  });
});
