import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EJSON, serialize } from 'bson';
import { bsonToJson } from '../../../local/dump/bson-to-json.ts';
import { DumpFault } from '../../../local/dump/dump-fault.ts';
import { corpus } from '../../support/bson-corpus.ts';

// Types that drivers no longer write, or change when they read them: as https://bsonspec.org/spec.html has their bytes.
const bytesOfTypes = [
  ['undefined', '06', '{"$undefined":true}'],
  [
    'a DBPointer',
    '0c 0200000062 00 56e1fc72e0c917e9c4714161',
    '{"$dbPointer":{"$ref":"b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}',
  ],
  ['a symbol', '0e 0200000061 00', '{"$symbol":"a"}'],
  ['code', '0d 0200000061 00', '{"$code":"a"}'],
  [
    'code with a scope',
    '0f 16000000 0200000061 00 0c000000 10 78 00 01000000 00',
    '{"$code":"a","$scope":{"x":{"$numberInt":"1"}}}',
  ],
  ['an old binary', '05 06000000 02 02000000 ffff', '{"$binary":{"base64":"//8=","subType":"02"}}'],
  ['a timestamp beyond 2038', '11 01000000 ffffffff', '{"$timestamp":{"t":4294967295,"i":1}}'],
  ['a date beyond JavaScript', '09 0100c2eb0bdb1e00', '{"$date":{"$numberLong":"8685093547802625"}}'],
  ['the least key', 'ff', '{"$minKey":1}'],
  ['the greatest key', '7f', '{"$maxKey":1}'],
  ['null', '0a', 'null'],
  ['true', '08 01', 'true'],
  ['an array', '04 13000000 10 30 00 01000000 10 31 00 02000000 00', '[{"$numberInt":"1"},{"$numberInt":"2"}]'],
  ['text with a zero, a quote and a character of four bytes', '02 08000000 00 22 f09f8eac 0a 00', '"\\u0000\\"🎬\\n"'],
] as const;

const brokenDocuments: readonly (readonly [string, Buffer])[] = [
  ['an unknown type', documentOf('20 00')],
  ['a string that passes the end', documentOf('02 ff000000 61 00')],
  ['a string of negative length', documentOf('02 ffffffff 61 00')],
  ['text that is not UTF-8', documentOf('02 02000000 ff 00')],
  ['a boolean of 2', documentOf('08 02')],
  ['a name without an end', Buffer.from('0700000010 7676'.replaceAll(' ', ''), 'hex')],
  ['an inner document that is longer than it says', documentOf('03 06000000 10 78 00 01000000 00')],
];

describe('bsonToJson()', () => {
  for (const { name, bson } of corpus) {
    if (bson === undefined) continue;
    it(`loses nothing of ${name}: a second reader makes the same bytes of the text`, () => {
      const bytes = Buffer.from(serialize({ v: bson }));

      const read = EJSON.parse(jsonOf(bytes), { relaxed: false });

      assert.deepEqual(Buffer.from(serialize(read)), bytes);
    });
  }

  for (const [name, hex, value] of bytesOfTypes) {
    it(`writes ${name} as canonical Extended JSON`, () => {
      assert.equal(jsonOf(documentOf(hex)), `{"v":${value}}`);
    });
  }

  it('keeps the order of keys, also of those that look like integers, and a key that comes twice', () => {
    const one = '10 62 00 01000000';
    const bytes = framed(`${one} 10 31 00 02000000 ${one}`);

    assert.equal(jsonOf(bytes), '{"b":{"$numberInt":"1"},"1":{"$numberInt":"2"},"b":{"$numberInt":"1"}}');
  });

  for (const [name, bytes] of brokenDocuments) {
    it(`refuses ${name}, and names the byte in the file`, () => {
      assert.throws(
        () => bsonToJson(bytes, 1000),
        (error) => error instanceof DumpFault && /^byte 10\d\d$/.test(error.place),
      );
    });
  }

  it('refuses a document that nests without end, before the stack is used up', () => {
    let hex = '';
    for (let level = 0; level < 3000; level++) {
      const inner = hex.length / 2;
      const length = Buffer.alloc(4);
      length.writeInt32LE(inner + 5);
      hex = `03 76 00 ${length.toString('hex')} ${hex} 00`.replaceAll(' ', '');
    }

    assert.throws(() => bsonToJson(framed(hex), 0), /nest at most 200 levels/);
  });
});

function jsonOf(bytes: Buffer): string {
  return Buffer.from(bsonToJson(bytes, 0)).toString();
}

/** `{v: …}`, its value as type and bytes in hexadecimal. */
function documentOf(typeAndBytes: string): Buffer {
  const [type = '', ...bytes] = typeAndBytes.split(' ');
  return framed(`${type} 76 00 ${bytes.join(' ')}`);
}

function framed(members: string): Buffer {
  const inner = Buffer.from(members.replaceAll(' ', ''), 'hex');
  const length = Buffer.alloc(4);
  length.writeInt32LE(inner.length + 5);
  return Buffer.concat([length, inner, Buffer.from([0])]);
}
