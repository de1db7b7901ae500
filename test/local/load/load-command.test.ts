// npm run load with its arguments: several dumps, empty ones, a receiver, and mistakes.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Int32, serialize } from 'bson';
import { command } from '../../../local/commands/load.ts';
import { performed } from '../../support/commands.ts';
import { secret } from '../../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../../support/lakes.ts';
import { startReceiver } from '../../support/running-receiver.ts';
import { receiptOf, scriptedReceiver } from '../../support/scripted-receiver.ts';

const at = ['--at', '2026-11-20T10:00:00Z'];
const orders = ['--namespace', 'shop.orders', ...at];

describe('npm run load', () => {
  it('loads files of each format with one command, as a shell expands them', async (t) => {
    const { environment, put, lines } = await folderOf(t);
    const files = [
      await put('a.json', '[{"_id":{"$numberInt":"1"}},{"_id":{"$numberInt":"2"}}]'),
      await put('b.jsonl.gz', gzipSync('{"_id":{"$numberInt":"3"}}\n')),
      await put('c.bson', serialize({ _id: new Int32(4) })),
      await put('d.bson.gz', gzipSync(serialize({ _id: new Int32(5) }))),
    ];

    const { code, output } = await performed(command, environment, ...orders, '--file', ...files);

    assert.deepEqual([code, output], [0, 'Loaded shop.orders: 5 of 5 documents\n']);
    assert.deepEqual((await lines()).map(({ data }) => data._id).sort(), [1, 2, 3, 4, 5]);
  });

  for (const [name, content] of [
    ['a.json', ''],
    ['a.json', '[]\n'],
    ['a.bson', ''],
    ['a.json.gz', gzipSync('')],
    ['a.bson.gz', gzipSync('')],
  ] as const)
    it(`loads 0 documents of an empty dump: ${name}, ${content.length} bytes`, async (t) => {
      const { environment, put, lines } = await folderOf(t);

      const { code, output } = await performed(command, environment, ...orders, '--file', await put(name, content));

      assert.deepEqual([code, output, await lines()], [0, 'Loaded shop.orders: 0 of 0 documents\n', []]);
    });

  it('stores the same files through a receiver as in the lake itself', async (t) => {
    const [direct, posted] = [await folderOf(t), await folderOf(t)];
    const settings = { SIGNING_SECRETS: `${secret} whsec_${Buffer.alloc(32, 'o').toString('base64')}` };
    const receiver = await startReceiver(t, { ...posted.environment, ...settings });
    const idOf = (n: number): unknown => [n, `id ${n}`, { n, of: 'é' }, { $oid: String(n).padStart(24, '0') }][n % 4];
    const placed = { $date: '2026-11-20T10:15:30.123Z' };
    const texts = Array.from({ length: 1500 }, (_, n) => JSON.stringify({ _id: idOf(n), text: 'é', n, placed }));
    const file = await direct.put('dump.json', texts.join('\n'));
    const url = ['--url', `${receiver.url}/api/change-events`];

    const one = await performed(command, direct.environment, ...orders, '--file', file);
    const other = await performed(command, settings, ...orders, '--file', file, ...url);
    const unsigned = await performed(command, {}, ...orders, '--file', file, ...url);

    assert.deepEqual([one.code, one.output], [other.code, other.output]);
    assert.deepEqual(await filesIn(posted.lake), await filesIn(direct.lake));
    assert.equal((await direct.lines()).length, 1500);
    assert.deepEqual(
      [unsigned.code, unsigned.output],
      [
        1,
        'Cannot load: the receiver must take events: it answered 401: RECEIVER_KEY must be the function key, and SIGNING_SECRETS a secret of the receiver\n' +
          'Loaded so far: 0 of 0 documents. The same command completes it\n',
      ],
    );
  });

  it('names a document that the receiver refuses, in one printable line, loads the others, and ends with 1', async (t) => {
    const { put } = await folderOf(t);
    const receiver = await scriptedReceiver(t);
    receiver.act(receiptOf(['stored', 'refused', 'stored'], 'red\u009b31m\nand more'));
    const file = await put('a.json', '{"_id":1}\n{"_id":2}\n{"_id":3}');

    const { code, output } = await performed(command, {}, ...orders, '--file', file, '--url', receiver.url);

    assert.equal(
      output,
      `Refused: ${file}, line 2: red\\u009b31m\\nand more\nLoaded shop.orders: 2 of 3 documents, 1 refused\n`,
    );
    assert.equal(code, 1);
  });

  for (const [secrets, found] of [
    ['', 'set, or "none" to turn it off on purpose: it is blank'],
    [' ', 'set, or "none" to turn it off on purpose: it is blank'],
    [`${secret},x`, '"whsec_" and 24 to 64 bytes in base64, .*: number 2 of 2 has another form'],
  ] as const)
    it(`refuses SIGNING_SECRETS as the receiver does, and posts nothing: "${secrets.slice(-2)}"`, async (t) => {
      const { put } = await folderOf(t);
      const receiver = await scriptedReceiver(t);
      const url = ['--file', await put('a.json', '{"_id":1}'), '--url', receiver.url];

      const { code, output } = await performed(command, { SIGNING_SECRETS: secrets }, ...orders, ...url);

      assert.match(output, new RegExp(`^Cannot load: SIGNING_SECRETS must be ${found}\n$`));
      assert.deepEqual([code, receiver.told.length], [1, 0]);
    });

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'an unknown option',
      ['--nope'],
      /^Cannot read the arguments: unknown option '--nope': --help shows what is possible\n$/,
    ],
    [
      'an option without its value',
      ['--at'],
      /^Cannot read the arguments: option '--at <value>' argument missing: --help shows/,
    ],
    [
      'nothing',
      [],
      /^Cannot load: --namespace must be .*: it is missing\nCannot load: --at must be .*: it is missing\nCannot load: --file must name .*: it is missing\n$/,
    ],
    [
      'no --at',
      orders.slice(0, 2),
      /^Cannot load: --at must be the start time of the dump, in ISO 8601 with a zone, such as 2026-11-20T10:00:00Z: it is missing\n/,
    ],
    [
      'a time without a zone',
      [...orders.slice(0, 3), '2026-11-20T10:00:00'],
      /^Cannot load: --at must be .* with a zone, .*: it is "2026-11-20T10:00:00"\n/,
    ],
    [
      'an archive',
      [...orders, '--file', 'dump.archive.gz'],
      /^Cannot load: --file must end in .*: it is "dump\.archive\.gz"\. For mongodump, use --out in place of --archive\n$/,
    ],
    [
      'a receiver without its path',
      [...orders, '--url', 'http://elsewhere.example'],
      /\nCannot load: --url must be .*/,
    ],
  ];
  for (const [name, args, says] of mistakes)
    it(`names the mistake and loads nothing: ${name}`, async () => {
      const { code, output, printed } = await performed(command, {}, ...args);

      assert.match(output, says);
      assert.deepEqual([code, printed], [1, '']);
    });

  for (const namespace of [
    '',
    'orders',
    '.orders',
    'shop.',
    'shop.$cmd',
    'shop.system.views',
    'my shop.a',
    'admin.a',
    'shop/a.b',
  ])
    it(`refuses the namespace ${JSON.stringify(namespace)}`, async (t) => {
      const { environment, put } = await folderOf(t);
      const file = await put('a.json', '{"_id":1}');

      const { code, output } = await performed(command, environment, '--file', file, ...at, `--namespace=${namespace}`);

      assert.match(output, /^Cannot load: --namespace must be <database>\.<collection>, .*: it is ".*"\n$/);
      assert(output.includes(JSON.stringify(namespace)));
      assert.equal(code, 1);
    });

  it('takes the dots behind the first one as part of the collection', async (t) => {
    const { environment, put, lines } = await folderOf(t);
    const file = await put('a.json', '{"_id":1}');

    await performed(command, environment, '--file', file, ...at, '--namespace', 'shop.orders.2026');

    const [line] = await lines();
    assert.deepEqual(line?.ns, { db: 'shop', coll: 'orders.2026' });
  });
});

async function folderOf(t: TestContext) {
  const folder = await temporaryFolder(t);
  const lake = join(folder, 'lake');
  return {
    lake,
    environment: { LAKE_URL: `file:${lake}` },
    put: async (name: string, content: string | Uint8Array): Promise<string> => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    lines: async () => {
      const texts = [...(await filesIn(lake)).values()].flatMap((text) => text.trimEnd().split('\n'));
      return texts.map((text) => JSON.parse(text));
    },
  };
}
