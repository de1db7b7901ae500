import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findJsonFault } from '../../../shared/json/json-fault.ts';
import { redact } from '../../../shared/redact/redact.ts';
import { changeEvents, readEvent, withoutField } from '../../support/change-events.ts';
import { countedWork } from '../../support/counted-work.ts';
import { fieldText, redactedDocument, redactionsFrom } from './redacted.ts';

describe('redact(), with a hostile event', () => {
  it('accepts the maximum depth of a body', () => {
    for (const [open, close, rules] of [
      ['{"a":', '}', `*: ${'a.'.repeat(254)}email`],
      ['{"0":[', ']}', '*: email'],
      ['[', ']', '*: email'],
    ] as const) {
      const levels = Math.floor(254 / open.replaceAll(/[^{[]/g, '').length);
      const nested = (inner: string): string => `${open.repeat(levels)}${inner}${close.repeat(levels)}`;
      const sent = nested('{"email":1}');
      assert.equal(findJsonFault(Buffer.from(`{"fullDocument":${sent}}`)), undefined);

      assert.equal(redactedDocument(sent, rules), nested('{}'));
    }
  });

  it('accepts the maximum number of fields', () => {
    const others = Object.fromEntries(Array.from({ length: 990 }, (_, index) => [`field${index}`, { email: 1, x: 2 }]));
    const event = readEvent(Buffer.from(JSON.stringify({ ...changeEvents.insert, ...others })));

    const { fields, text } = redact(event, redactionsFrom('*: email'));

    assert.deepEqual([...fields.keys()].sort(), [...event.fields.keys()].sort());
    assert.doesNotMatch(Buffer.from(text).toString(), /email/);
  });

  it('treats `__proto__` like any other name', () => {
    const sent = '{"__proto__":{"email":1,"x":2},"constructor":{"email":3},"toString":4,"hasOwnProperty":5,"email":6}';

    assert.equal(redactedDocument(sent, '*: email'), sent.replace(',"email":6', ''));
    assert.equal(
      redactedDocument(sent, '*: __proto__.email, constructor, toString=mask, hasOwnProperty=mask'),
      '{"__proto__":{"x":2},"toString":"***","hasOwnProperty":"***","email":6}',
    );
    assert.equal(redactedDocument(sent, '*: valueOf, __proto__.__proto__'), sent);
  });

  it('treats names that look like types, paths or separators as names', () => {
    const sent = '{"$oid":"x","$x":1,"$":2,"a":{"$ref":"b","$id":3},":;,=":4,"*":5,"a.$id.b":6}';

    assert.equal(redactedDocument(sent, '*: $x, a.$id, ":;,="'), '{"$oid":"x","$":2,"a":{"$ref":"b"},"*":5}');
  });

  it('uses the last of a repeated field, and keeps nothing of the first', () => {
    const sent = JSON.stringify(withoutField(changeEvents.insert, 'fullDocument'));
    const text = `${sent.slice(0, -1)},"fullDocument":{"email":"first"},"fullDocument":{"email":"second","x":1}}`;

    const event = redact(readEvent(Buffer.from(text)), redactionsFrom('*: email'));

    assert.equal(fieldText(event, 'fullDocument'), '{"x":1}');
    assert.doesNotMatch(Buffer.from(event.text).toString(), /first|second/);
  });

  it('accepts a document of 16 MB', () => {
    const element = `{"email":1,"text":"${'x'.repeat(1_000)}"},`;
    const document = `{"a":[${element.repeat(16_000)}0]}`;

    const left = redactedDocument(document, '*: a.email');

    assert.ok(left === document.replaceAll('"email":1,', ''));
    assert.ok(document.length > 16_000_000);
  });

  for (const [what, element, rules] of [
    ['fields that are dropped', '{"n":1,"m":"x"}', 'a.n'],
    ['fields that are masked', '{"n":1,"m":"x"}', 'a.n=mask'],
    ['names that are nearly rules', '{"n.m.o.p":1,"n":{"m":{}}}', 'a.n.m.o.p.q'],
    ['numbers', '12345.5', 'a.n'],
    ['brackets', '[[[]],{}]', 'a.n'],
    ['escapes', '{"\\u006e":"\\\\\\""}', 'a.n=mask'],
  ] as const) {
    it(`does work in proportion to the text, of ${what}`, () => {
      const workFor = (bytes: number): number => {
        const elements = Array.from({ length: Math.ceil(bytes / (element.length + 1)) }, () => element);
        const text = Buffer.from(
          JSON.stringify({ ...changeEvents.insert, fullDocument: '' }).replace('""', `{"a":[${elements.join()}]}`),
        );
        const event = readEvent(text);
        const redactions = redactionsFrom(`*: ${rules}`);
        return countedWork(() => redact(event, redactions));
      };

      const [small, large] = [workFor(4_000), workFor(32_000)];

      // Eight times the text: a quadratic pass would do 64 times the work.
      assert(small > 1_000 && large < 10 * small, `${small} and ${large}`);
    });
  }
});
