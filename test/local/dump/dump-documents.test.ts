import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serialize } from 'bson';
import { bsonDocuments } from '../../../local/dump/bson-documents.ts';
import { type DumpDocument, type DumpReader, placeOf } from '../../../local/dump/dump-document.ts';
import { copiesOf, dumpReaders } from '../../../local/dump/dump-documents.ts';
import { DumpFault } from '../../../local/dump/dump-fault.ts';
import { dumpFormatOf } from '../../../local/dump/dump-format.ts';
import { jsonDocuments } from '../../../local/dump/json-documents.ts';
import { temporaryFolder } from '../../support/lakes.ts';

const three = [
  '{"_id":1,"t":"a } \\" ]"}',
  '{"_id":{"$oid":"56e1fc72e0c917e9c4714161"}}',
  '{"_id":"é","n":9007199254740993}',
];
const forms: readonly (readonly [string, string])[] = [
  ['one on each line', `${three.join('\n')}\n`],
  ['the last without a line feed', three.join('\r\n')],
  ['an array', `[${three.join(',')}]\n`],
  ['an array with a document on each line', `[${three.join(',\n')}]`],
  ['a byte order mark', `\ufeff${three.join('\n')}`],
];

describe('jsonDocuments()', () => {
  for (const [name, text] of forms) {
    it(`reads the documents of ${name} in pieces of any size`, async () => {
      const bytes = Buffer.from(text);

      for (const size of [4, 7, 30, 1000]) assert.deepEqual(await textsOf(jsonDocuments(cut(bytes, size))), three);
    });
  }

  it('keeps the text of a document that is laid out over several lines', async () => {
    const pretty = JSON.stringify({ _id: 1, list: [{ a: 1 }] }, null, 2);

    for (const size of [5, 1000]) {
      const read = await all(jsonDocuments(cut(Buffer.from(`${pretty}\n${pretty}`), size)));

      assert.deepEqual(
        read.map((document) => [document.text.toString(), placeOf(document)]),
        [
          [pretty, 'line 1'],
          [pretty, 'line 9'],
        ],
      );
    }
  });

  it('finds the `_id` of a document, the last one if it is repeated, and only on the first level', async () => {
    const texts = ['{"_id":1}', '{"a":{"_id":2},"_id":{"b":3}}', '{"_id":4,"_id":5}', String.raw`{"\u005fid": "6" }`];
    const without = ['{}', '{"id":7,"_idx":8,"a":{"_id":9}}'];

    const read = await all(jsonDocuments(cut(Buffer.from([...texts, ...without].join('\n')), 1000)));

    assert.deepEqual(
      read.map(({ text, id }) => id && text.toString('utf8', id.start, id.end)),
      ['1', '{"b":3}', '5', '"6"', undefined, undefined],
    );
  });

  for (const empty of ['', '\n\n', '[]', ' [ ] \n'])
    it(`finds no document in ${JSON.stringify(empty)}`, async () => {
      assert.deepEqual(await textsOf(jsonDocuments(cut(Buffer.from(empty), 3))), []);
    });

  const broken: readonly (readonly [string, string, string])[] = [
    ['a number', '{"_id":1}\n5\n', 'line 2'],
    ['a document that is cut off', '{"_id":1}\n{"_id":2', 'line 2'],
    ['a comma outside an array', '{"_id":1},\n{"_id":2}', 'line 1'],
    ['two commas in an array', '[{"_id":1},\n,{"_id":2}]', 'line 2'],
    ['a comma behind the last document of an array', '[{"_id":1},\n]', 'line 2'],
    ['a comma in an empty array', '[\n,]', 'line 2'],
    ['no comma in an array', '[{"_id":1}\n{"_id":2}]', 'line 2'],
    ['an array without an end', '[{"_id":1}\n', 'line 2'],
    ['a document behind an array', '[{"_id":1}]\n{"_id":2}', 'line 2'],
    ['a document that is not JSON', '{"_id":1}\n\n{"_id":ObjectId("56e1fc72e0c917e9c4714161")}', 'line 3'],
    ['a control character', '{"_id":"\u0001"}', 'line 1'],
  ];
  for (const [name, text, place] of broken)
    for (const size of [6, 1000])
      it(`names the line of ${name}, after the documents before it, in pieces of ${size}`, async () => {
        const read: DumpDocument[] = [];

        const reading = collect(jsonDocuments(cut(Buffer.from(text), size)), read);

        await assert.rejects(reading, (error) => error instanceof DumpFault && error.place === place);
        assert(read.every(({ text }) => text.toString() === '{"_id":1}'));
      });
});

describe('bsonDocuments()', () => {
  const bytes = Buffer.concat([1, 2, 3].map((_id) => serialize({ _id, text: 'x'.repeat(20 * _id) })));

  it('reads documents in pieces of any size', async () => {
    const whole = await textsOf(bsonDocuments(cut(bytes, bytes.length)));

    assert.equal(whole.length, 3);
    for (const size of [1, 5, 64]) assert.deepEqual(await textsOf(bsonDocuments(cut(bytes, size))), whole);
  });

  it('finds no document in an empty file', async () => {
    assert.deepEqual(await textsOf(bsonDocuments(cut(Buffer.alloc(0), 1))), []);
  });

  it('names the byte of a document that is cut off, after the documents before it', async () => {
    const read: DumpDocument[] = [];
    const [, , third] = await all(bsonDocuments(cut(bytes, 100)));

    const reading = collect(bsonDocuments(cut(bytes.subarray(0, -1), 100)), read);

    await assert.rejects(reading, (error) => error instanceof DumpFault && error.place === (third && placeOf(third)));
    assert.equal(read.length, 2);
  });

  it('refuses an impossible length, before it waits for the bytes', async () => {
    for (const length of [0, 4, -1, 0x7fffffff]) {
      const prefix = Buffer.alloc(4);
      prefix.writeInt32LE(length);

      await assert.rejects(all(bsonDocuments(cut(prefix, 4))), /a length of 5 bytes to 16 MB/);
    }
  });
});

describe('dumpReaders()', () => {
  it('reads BSON whose first length looks like the mark of gzip', async (t) => {
    const empty = serialize({ _id: 1, text: '' });
    const first = serialize({ _id: 1, text: 'x'.repeat(0x0008_8b1f - empty.length) });
    assert.deepEqual([...first.subarray(0, 3)], [0x1f, 0x8b, 0x08]);
    const file = join(await temporaryFolder(t), 'orders.bson');
    await writeFile(file, first);

    assert.equal((await textsOf(dumpReaders(file, 'bson', () => undefined))).length, 1);
  });

  it('reads files as their names say, compressed or not, and counts the bytes of the file', async (t) => {
    const json = Buffer.from(three.join('\n'));
    const bson = Buffer.from(serialize({ _id: 1 }));
    const files: readonly (readonly [string, Buffer, number])[] = [
      ['a.json', json, 3],
      ['a.jsonl.gz', gzipSync(json), 3],
      ['a.bson', bson, 1],
      ['a.bson.gz', gzipSync(bson), 1],
    ];

    for (const [name, content, documents] of files) {
      let bytes = 0;
      const read = await all(
        await dumpOf(t, name, content, (count) => {
          bytes += count;
        }),
      );

      assert.equal(read.length, documents, name);
      assert.equal(bytes, content.length, name);
    }
  });

  it('names a compressed file that is cut off', async (t) => {
    const content = gzipSync(Buffer.from('{"_id":1}\n'.repeat(1000)));

    const reading = all(await dumpOf(t, 'a.json.gz', content.subarray(0, -9)));

    await assert.rejects(reading, (error) => error instanceof DumpFault && /whole gzip/.test(error.message));
  });

  it('knows the formats by name alone', () => {
    assert.deepEqual(
      ['a.json', 'A.JSONL.GZ', 'b.ndjson', 'c.bson', 'c.bson.gz', 'c.gz', 'dump', 'a.csv'].map(dumpFormatOf),
      ['json', 'json', 'json', 'bson', 'bson', undefined, undefined, undefined],
    );
  });
});

async function dumpOf(
  t: TestContext,
  name: string,
  content: Buffer,
  onRead: (bytes: number) => void = () => undefined,
) {
  const file = join(await temporaryFolder(t), name);
  await writeFile(file, content);
  return dumpReaders(file, dumpFormatOf(name) ?? 'json', onRead);
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textsOf(readers: AsyncIterable<DumpReader>): Promise<string[]> {
  return (await all(readers)).map(({ text }) => text.toString());
}

async function all(readers: AsyncIterable<DumpReader>): Promise<DumpDocument[]> {
  const read: DumpDocument[] = [];
  await collect(readers, read);
  return read;
}

async function collect(readers: AsyncIterable<DumpReader>, read: DumpDocument[]): Promise<void> {
  for await (const reader of readers) for (const document of copiesOf(reader)) read.push(document);
}
