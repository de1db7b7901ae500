import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fc } from '../../support/seeded.ts';
import { redactedDocument } from './redacted.ts';

describe('redactValue()', () => {
  it('drops a member with one comma, in any place', () => {
    for (const [sent, expected] of [
      ['{"a":1}', '{}'],
      ['{"a":1,"b":2}', '{"b":2}'],
      ['{"b":2,"a":1}', '{"b":2}'],
      ['{"b":2,"a":1,"c":3}', '{"b":2,"c":3}'],
      ['{"b":2,"a":1,"a":{},"c":3}', '{"b":2,"c":3}'],
      ['{"a":1,"a":2,"b":3,"a":4,"a":5}', '{"b":3}'],
      ['{"a":1,"a":2}', '{}'],
      ['{ "a" : 1 , "b" : 2 , "a" : 3 }', '{ "b" : 2  }'],
      ['{"x":{"a":1},"a":1}', '{"x":{"a":1}}'],
    ] as const) {
      assert.equal(redactedDocument(sent, '*: a'), expected, sent);
    }
  });

  it('keeps all other fields of any object, in their order', () => {
    const member = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '{}', '[1,{"b":2}]', '"a,}"'));
    const space = fc.constantFrom('', ' ', '\n\t');

    fc.assert(
      fc.property(fc.array(member), space, (members, gap) => {
        const textOf = (some: typeof members): string => some.map(([key, value]) => `"${key}":${value}`).join(',');
        const sent = `{${textOf(members)}}`.replaceAll(/(?<=["\d}\]]),(?=")|[{}]/g, `${gap}$&${gap}`);

        const left = redactedDocument(sent, '*: a');

        assert.equal(left.replaceAll(/\s/g, ''), `{${textOf(members.filter(([key]) => key !== 'a'))}}`);
      }),
    );
  });

  it('masks and hashes a value of any kind, and keeps its member', () => {
    for (const value of ['1', '"x"', 'null', 'true', '{"b":[1]}', '[{"a":1}]', '{"$undefined":true}', '{"$oid":5}']) {
      assert.equal(redactedDocument(`{"b":0,"a": ${value} ,"c":0}`, '*: a=mask'), '{"b":0,"a": "***" ,"c":0}');
      assert.match(redactedDocument(`{"b":0,"a":${value}}`, '*: a=hash'), /^\{"b":0,"a":"hmac:[0-9a-f]{32}"\}$/);
    }
  });

  it('reaches each element of an array, also of arrays in arrays', () => {
    const sent = '{"cards":[{"number":1,"name":"x"},[{"number":2}],3,{"name":"y"}],"number":4}';

    assert.equal(redactedDocument(sent, '*: cards.number'), '{"cards":[{"name":"x"},[{}],3,{"name":"y"}],"number":4}');
  });

  it('finds a key in any spelling, and each repeated key', () => {
    const sent = '{"\\u0065mail":1,"email":2,"e\\u006Dail":3,"Email":4,"email ":5}';

    assert.equal(redactedDocument(sent, '*: email'), '{"Email":4,"email ":5}');
    assert.equal(redactedDocument('{"é":1,"\\u00e9":2,"e\u0301":3}', '*: é'), '{"e\u0301":3}');
    assert.equal(redactedDocument('{"a\\"b":1,"a\\/b":2}', '*: "a\\"b", "a/b"=mask'), '{"a\\/b":"***"}');
  });

  it('finds a field by its path if its own name has dots', () => {
    const sent = '{"card.number":1,"card":{"number":2,"x":3},"card.x":4,"a.card":{"number":5}}';

    assert.equal(redactedDocument(sent, '*: card.number'), '{"card":{"x":3},"card.x":4,"a.card":{"number":5}}');
    assert.equal(redactedDocument(sent, '*: card=mask'), '{"card":"***","a.card":{"number":5}}');
  });

  it('reads digits as a position and as a name', () => {
    assert.equal(
      redactedDocument('{"by":{"4711":{"ssn":1}},"0":{"by":{"ssn":2}}}', '*: by.ssn'),
      '{"by":{"4711":{}},"0":{"by":{}}}',
    );
    assert.equal(redactedDocument('{"by":{"4711":true}}', '*: by=mask'), '{"by":"***"}');
  });

  it('applies the rules of several namespaces together', () => {
    const sent = '{"a":1,"b":2,"c":3,"d":4}';

    assert.equal(
      redactedDocument(sent, 'shop.customers: a; shop.*: b=mask, a=hash; *: c; shop.orders: d'),
      '{"b":"***","d":4}',
    );
  });

  it('treats an object that only looks like a type as an object', () => {
    for (const [sent, expected] of [
      ['{"a":{"$oid":"x","email":1}}', '{"a":{"$oid":"x"}}'],
      ['{"a":{"email":1,"$date":"soon"}}', '{"a":{"$date":"soon"}}'],
      ['{"a":{"$code":"f","$scope":{"email":1}}}', '{"a":{"$code":"f","$scope":{"email":1}}}'],
      ['{"a":{"$ref":"b","email":1,"$id":{"email":1}}}', '{"a":{"$ref":"b","$id":{"email":1}}}'],
    ] as const) {
      assert.equal(redactedDocument(sent, '*: a.email'), expected, sent);
    }
    assert.equal(
      redactedDocument('{"a":{"$code":"f","$scope":{"email":1}}}', '*: a.$scope.email'),
      '{"a":{"$code":"f","$scope":{}}}',
    );
    assert.equal(redactedDocument('{"a":{"$ref":"b","$id":1}}', '*: a.$id=mask'), '{"a":{"$ref":"b","$id":"***"}}');
  });

  it('never reaches into a type', () => {
    const types =
      '{"a":{"$oid":"56e1fc72e0c917e9c4714161"},"b":{"$timestamp":{"t":1,"i":2}},"c":{"$binary":{"base64":"","subType":"00"}}}';

    assert.equal(redactedDocument(types, '*: a.oid, b.t, b.i, t, c.base64, base64=mask, subType'), types);
  });

  it('changes no byte if the field is missing', () => {
    const sent = '{ "a" : [ 1 , -0 , { "b\\u0063" : 1.0e5 } ] ,\n"d":{"\\u0024oid":"x"} }';

    for (const rules of ['*: x', '*: a.x=mask', '*: a.b.c=hash', '*: d.x.y, "a "', '*: a.bc.x'])
      assert.equal(redactedDocument(sent, rules), sent, rules);
  });
});
