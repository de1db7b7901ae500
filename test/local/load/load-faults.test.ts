// A fault in one of several files: what comes before it is loaded, and the same command completes the load.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serialize } from 'bson';
import { command as load } from '../../../local/commands/load.ts';
import { command as verify } from '../../../local/commands/verify.ts';
import { performed } from '../../support/commands.ts';
import { temporaryFolder } from '../../support/lakes.ts';

const lines = [3, 4, 5].map((_id) => JSON.stringify({ _id }));
const json = lines.join('\n');
const zipped = gzipSync(json);
const bson = Buffer.concat([3, 4, 5].map((_id) => serialize({ _id })));
const oneDocument = bson.length / 3;
const zippedBson = gzipSync(bson);
const archive = Buffer.concat([Buffer.from('6de29981', 'hex'), serialize({ server_version: '8.0.0' })]);

type Fault = readonly [
  name: string,
  file: string,
  faulty: string | Buffer,
  fixed: string | Buffer,
  says: string,
  read: number,
];

const faults: readonly Fault[] = [
  [
    'a broken line',
    'b.json',
    json.replace('{"_id":4}', '{"_id":four}'),
    json,
    'line 2: a document must be valid JSON in UTF-8',
    1,
  ],
  [
    'a brace that is missing',
    'b.json',
    json.replace('"_id":4}', '"_id":4'),
    json,
    'line 2: a document must end with its closing brace',
    1,
  ],
  [
    'a document without an _id',
    'b.json',
    json.replace('"_id":4', '"id":4'),
    json,
    'line 2: a document must have an "_id"',
    1,
  ],
  [
    'an array without an end',
    'b.json',
    `[${lines.join()}`,
    `[${lines.join()}]`,
    'line 1: the array must end with "]"',
    3,
  ],
  [
    'a line that is cut off',
    'b.ndjson',
    json.slice(0, -2),
    json,
    'line 3: a document must end with its closing brace',
    2,
  ],
  [
    'gzip that is cut off',
    'b.jsonl.gz',
    zipped.subarray(0, -9),
    zipped,
    `its compressed bytes, after byte ${zipped.length - 9}: the file must be whole gzip`,
    3,
  ],
  [
    'a file that is no gzip',
    'b.json.gz',
    json,
    zipped,
    'byte 0: the file must be gzip, or its name must not end in .gz',
    0,
  ],
  [
    'gzip without its ending',
    'b.json',
    zipped,
    json,
    'byte 0: the file must not be gzip, or its name must end in .gz',
    0,
  ],
  [
    'BSON in gzip without its ending',
    'b.bson',
    zippedBson,
    bson,
    'byte 0: the file must not be gzip, or its name must end in .gz',
    0,
  ],
  ...(['b.bson', 'b.json'] as const).map(
    (file): Fault => [
      `an archive as ${file}`,
      file,
      archive,
      file === 'b.bson' ? bson : json,
      'byte 0: the file must not be an archive of mongodump: use --out in place of --archive',
      0,
    ],
  ),
  [
    'an archive in gzip',
    'b.bson.gz',
    gzipSync(archive),
    zippedBson,
    'byte 0: the file must not be an archive of mongodump: use --out in place of --archive',
    0,
  ],
  [
    'BSON that is cut off',
    'b.bson',
    bson.subarray(0, -1),
    bson,
    `byte ${2 * oneDocument}: the last document must be whole`,
    2,
  ],
  [
    'BSON with a wrong length',
    'b.bson',
    Buffer.concat([bson.subarray(0, oneDocument), Buffer.alloc(9)]),
    bson,
    `byte ${oneDocument}: a document must have a length of 5 bytes to 16 MB`,
    1,
  ],
  [
    'BSON in gzip that is cut off',
    'b.bson.gz',
    zippedBson.subarray(0, -9),
    zippedBson,
    `its compressed bytes, after byte ${zippedBson.length - 9}: the file must be whole gzip`,
    3,
  ],
];

describe('npm run load, with a fault in the second of three files', () => {
  for (const [name, file, faulty, fixed, says, read] of faults)
    it(`names the file and the place, and completes the load once the file is fixed: ${name}`, async (t) => {
      const folder = await temporaryFolder(t);
      const environment = { LAKE_URL: `file:${join(folder, 'lake')}` };
      const put = (path: string, content: string | Uint8Array) => writeFile(join(folder, path), content);
      await put('a.jsonl.gz', gzipSync('{"_id":1}\n{"_id":2}\n'));
      await put('c.bson', serialize({ _id: 6 }));
      const files = ['a.jsonl.gz', file, 'c.bson'].flatMap((path) => ['--file', join(folder, path)]);
      const dumps = [...files, '--namespace', 'shop.orders'];
      const loadOptions = [...dumps, '--at', '2026-11-20T10:00:00Z'];

      await put(file, faulty);
      const first = await performed(load, environment, ...loadOptions);
      await put(file, fixed);
      const second = await performed(load, environment, ...loadOptions);
      const compared = await performed(verify, environment, ...dumps);

      const loaded = `${2 + read} of ${2 + read} documents`;
      assert.equal(
        first.output,
        `Cannot read ${JSON.stringify(join(folder, file))} at ${says}\nLoaded so far: ${loaded}. The same command completes it once the file is fixed\n`,
      );
      assert.equal(first.code, 1);
      assert.match(second.output, /^Loaded shop\.orders: 6 of 6 documents, [2-5] of them there before\n$/);
      assert.deepEqual([second.code, compared.code], [0, 0], compared.output);
    });
});
