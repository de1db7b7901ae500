import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type ReadMessage, readMessageSteps } from '../../../shared/event-hub/read-message.ts';
import { readChangeEvent } from '../../../shared/events/change-event.ts';
import { pickDocument } from '../../../shared/events/document.ts';
import { envelopeLine } from '../../../shared/events/envelope.ts';
import { formats } from '../../../shared/format/formats.ts';
import { unlimited } from '../../../shared/json/byte-writer.ts';
import { allAtOnce } from '../../../shared/json/steps.ts';

const event = '{"_id":{"_data":"82AB"},"operationType":"insert","clusterTime":{"$timestamp":{"t":1,"i":2}}';
const plain = `${event},"fullDocument":{"a":1}}`;
const wallV1 = '"wallTime":{"$date":1795169730123}';
const wallV2 = '"wallTime":{"$date":{"$numberLong":"1795169730123"}}';

describe('readMessageSteps()', () => {
  it('returns a v2 event unchanged', () => {
    assert.equal(textIn(plain), plain);
  });

  const wrapped: readonly (readonly [string, string])[] = [
    ['a JSON string', JSON.stringify(plain)],
    ['the schema envelope', `{"schema":null,"payload":${plain}}`],
    ['a string in the schema envelope', `{"schema":{"type":"string"},"payload":${JSON.stringify(plain)}}`],
    ['the schema envelope in a string', JSON.stringify(`{"payload":${plain},"schema":{}}`)],
    ['a string in a string', JSON.stringify(JSON.stringify(plain))],
  ];
  for (const [name, text] of wrapped)
    it(`finds an event in ${name}`, () => {
      assert.equal(textIn(text), plain);
    });

  for (const text of [
    '',
    '  \n',
    'null',
    ' null ',
    '""',
    '"null"',
    '{"schema":{},"payload":null}',
    '{"payload":null,"schema":null}',
  ])
    it(`skips a tombstone: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(read(text), { kind: 'empty' });
    });

  const poison: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['what is not JSON', '{"a":', /must be JSON: it is not$/],
    ['what is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /must be UTF-8: it is not$/],
    ['a string whose text is not UTF-8', '"\\ud800"', /must be UTF-8/],
    ['an array', `[${plain}]`, /one change event: it is an array$/],
    ['an array in a string', JSON.stringify(`[${plain}]`), /it is an array$/],
    ['a number', '5', /it has another type$/],
    ['what is too deep', `{"a":${'['.repeat(300)}${']'.repeat(300)}}`, /at most 256 levels: it has more$/],
    ['what is wrapped without end', quoted(plain, 6), /wrapped more than 4 times$/],
    [
      'Debezium',
      '{"before":null,"after":"{}","source":{"name":"x"},"op":"c","ts_ms":1}',
      /Debezium, which has no resume token: .*Kafka connector/,
    ],
    ['Debezium with a schema', '{"schema":{},"payload":{"after":"{}","source":{},"op":"c"}}', /Debezium/],
    ['bare numbers beside a wallTime of v2', `${event},${wallV2},"fullDocument":{"a":NaN}}`, /must be JSON/],
    ['half a bare number', `${event},${wallV1},"fullDocument":{"a":Infinit}}`, /must be JSON/],
  ];
  for (const [name, text, reason] of poison)
    it(`refuses ${name}, and says why`, () => {
      const message = read(text);

      assert.equal(message.kind, 'refused');
      if (message.kind === 'refused') assert.match(message.reason, reason);
    });

  it('never shows content in a reason', () => {
    for (const [, text] of poison) {
      const message = read(text);
      if (message.kind === 'refused') assert.doesNotMatch(message.reason, /82AB|insert|ts_ms/);
    }
  });
});

describe('a message of the Kafka connector', () => {
  const v1 = fixture('default-json');
  const v2 = fixture('extended-json');

  for (const format of ['relaxed', 'canonical', 'simple'] as const)
    it(`has the same values in its default format as in v2, for each BSON type: ${format}`, () => {
      const asRef = v2.replace(
        '{"$dbPointer": {"$ref": "shop.customers", "$id": {"$oid": "6560f1a2b3c4d5e6f7081922"}}}',
        '{"$ref": "shop.customers", "$id": {"$oid": "6560f1a2b3c4d5e6f7081922"}}',
      );

      // As a bare number, Java's text of this double has another decimal value than 5e-324.
      const asJava = lineOf(asRef, format).replace('5e-324', '4.9E-324');

      assert.notEqual(asRef, v2);
      assert.equal(lineOf(v1, format), asJava);
    });

  it('keeps a DBPointer of v2', () => {
    assert.match(lineOf(v2, 'canonical'), /"\$dbPointer"/);
    assert.match(lineOf(v1, 'canonical'), /"dbPointer":\{"\$ref":"shop\.customers","\$id":\{"\$oid":/);
  });

  it('keeps the last digit of a 64-bit date and integer', () => {
    assert.match(lineOf(v1, 'canonical'), /"\$numberLong":"9223372036854775807".*"\$numberLong":"9007199254740993"/);
  });
});

describe('the choice of Extended JSON v1', () => {
  const likeV1 = '{"a":{"$date":5},"b":{"$binary":"AQID","$type":"00"},"c":{"$regex":"a","$options":""}}';
  const asV2 =
    '{"a":{"$date":{"$numberLong":"5"}},"b":{"$binary":{"base64":"AQID","subType":"00"}},"c":{"$regularExpression":{"pattern":"a","options":""}}}';

  const cases: readonly (readonly [string, string, boolean])[] = [
    ['a wallTime as a number', `${event},${wallV1},"fullDocument":${likeV1}}`, true],
    ['not data that looks like v1, beside a wallTime of v2', `${event},${wallV2},"fullDocument":${likeV1}}`, false],
    [
      'not such data beside a relaxed wallTime',
      `${event},"wallTime":{"$date":"2026-11-20T10:15:30Z"},"fullDocument":${likeV1}}`,
      false,
    ],
    ['a date as a number, without a wallTime', `${event},"fullDocument":${likeV1}}`, true],
    [
      'binary data as text beside its type, without a wallTime',
      `${event},"fullDocument":{"b":{"$binary":"AQID","$type":"00"}}}`,
      true,
    ],
    ['not a regular expression alone', `${event},"fullDocument":{"c":{"$regex":"a","$options":""}}}`, false],
    ['not a number in a longer object', `${event},"fullDocument":{"a":{"$date":5,"x":1}}}`, false],
    ['not a date with a fraction', `${event},"fullDocument":{"a":{"$date":5.5}}}`, false],
    ['not a date that 64 bits do not hold', `${event},"fullDocument":{"a":{"$date":9223372036854775808}}}`, false],
    [
      'not binary data that is no base64',
      `${event},"fullDocument":{"b":{"$binary":"not base64","$type":"00"}}}`,
      false,
    ],
    ['not what stands in a string', `${event},"fullDocument":{"a":"{\\"$date\\":5}"}}`, false],
  ];
  for (const [name, text, isV1] of cases)
    it(`is ${name}`, () => {
      assert.equal(textIn(text) !== text, isV1);
    });

  it('turns each of its types into v2, and leaves the rest unchanged', () => {
    assert.equal(textIn(`${event},${wallV1},"fullDocument":${likeV1}}`), `${event},${wallV2},"fullDocument":${asV2}}`);
  });

  it('depends on a bare number if there is no wallTime', () => {
    assert.equal(
      textIn(`${event},"fullDocument":{"a":[NaN,-Infinity,Infinity],"b":"NaN"}}`),
      `${event},"fullDocument":{"a":[{"$numberDouble":"NaN"},{"$numberDouble":"-Infinity"},{"$numberDouble":"Infinity"}],"b":"NaN"}}`,
    );
  });

  it('accepts spaces and escapes as JSON does', () => {
    const text = `${event},"fullDocument":{"a":{ "\\u0024date" : 5 }, "b":{"$binary":"AQID" , "\\u0024type" : "0A" } } }`;

    assert.equal(
      textIn(text),
      `${event},"fullDocument":{"a":{"$date":{"$numberLong":"5"}}, "b":{"$binary":{"base64":"AQID","subType":"0a"}} } }`,
    );
  });

  it('looks at each byte a bounded number of times, however deep dates are nested', () => {
    const nested = `${'{"$date":'.repeat(240)}5${'}'.repeat(240)}`;

    assert.match(textIn(`${event},"fullDocument":{"a":${nested}}}`), /\{"\$date":\{"\$date":\{"\$numberLong":"5"\}\}/);
  });
});

function read(text: string | Uint8Array) {
  return readMessage(typeof text === 'string' ? Buffer.from(text) : text);
}

function textIn(text: string): string {
  const message = read(text);
  assert.equal(message.kind, 'object');
  return message.kind === 'object' ? Buffer.from(message.text).toString() : '';
}

function lineOf(text: string, format: keyof typeof formats): string {
  const bytes = Buffer.from(textIn(text));
  const found = readChangeEvent(bytes, { start: 0, end: bytes.length });
  assert(found.kind === 'change-event');
  return Buffer.from(envelopeLine(found.event, pickDocument(found.event), formats[format])).toString();
}

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/kafka-connector/${name}.json.txt`, import.meta.url), 'utf8').trim();
}

function quoted(text: string, times: number): string {
  return times === 0 ? text : quoted(JSON.stringify(text), times - 1);
}

function readMessage(body: Uint8Array): ReadMessage {
  return allAtOnce(readMessageSteps(body, unlimited));
}
