// docs/initial-load.md: its commands run as they are written, on a lake that the test makes. Its names exist, and its
// figures follow from its formulas.
import assert from 'node:assert/strict';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Int32, Long, ObjectId, serialize } from 'bson';
import type { Command } from '../../local/command.ts';
import { command as load } from '../../local/commands/load.ts';
import { command as verify } from '../../local/commands/verify.ts';
import { root } from '../../local/paths.ts';
import { readSettings } from '../../shared/app/settings.ts';
import { performed } from '../support/commands.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { codeIn, markdownPage } from '../support/markdown.ts';
import { brokenLinks } from '../support/markdown-links.ts';
import { queried } from '../support/queries.ts';

const address = new URL('../../docs/initial-load.md', import.meta.url);
const { table, fences, text } = markdownPage(address);
const commands: Readonly<Record<string, Command>> = { load, verify };
const orders = [
  { _id: new ObjectId('56e1fc72e0c917e9c4714161'), total: new Int32(5) },
  { _id: Long.fromString('9007199254740993'), total: new Int32(7) },
];

describe('docs/initial-load.md', () => {
  it('has no broken link', () => {
    assert.deepEqual(brokenLinks(address), []);
  });

  it('loads a dump with its command, verifies it, and repairs it', async (t) => {
    const { write, run, environment } = await laptop(t);

    write(orders);
    assert.match((await run('load')).printed, /^Loaded shop\.orders: 2 of 2 documents\n$/);
    assert.match((await run('load')).printed, /, 2 of them there before\n$/);
    assert.deepEqual(await queried(environment, 'SELECT total FROM orders_latest ORDER BY total'), [
      { total: 5 },
      { total: 7 },
    ]);
    assert.deepEqual(codeAndPrinted(await run('verify')), [
      0,
      'Equal: the lake has every document of shop.orders, and no other\n',
    ]);

    write([{ ...orders[0], total: new Int32(6) }, { _id: 'new' }]);
    const { code, printed } = await run('verify', '--json');
    const { sample, ...counts } = JSON.parse(printed);
    const [, shape = ''] = /`(\{"missing":n[^`]*)`/.exec(text) ?? [];
    assert.equal(JSON.stringify({ ...counts, sample: '…' }), shape.replaceAll(':n', ':1').replace('{…}', '"…"'));
    assert.deepEqual([code, Object.keys(sample)], [1, ['missing', 'extra', 'different']]);
    assert.equal((await run('verify', '--repair', '--yes')).code, 0);
    assert.equal((await run('verify')).code, 0);
  });

  it('finds with --expect what is missing and extra', async (t) => {
    const { write, run, folder } = await laptop(t);
    write(orders);
    await run('load');
    const ids = join(folder, 'ids.json');
    writeFileSync(ids, '[{"$oid":"56e1fc72e0c917e9c4714161"}, "new"]');
    const [expect = ''] = text.match(/--expect ids\.json/) ?? [];

    const found = await performed(
      verify,
      { LAKE_URL: `file:${folder}/lake` },
      ...words(expect.replace('ids.json', ids)),
      '--namespace',
      'shop.orders',
      '--json',
    );

    assert.partialDeepStrictEqual(JSON.parse(found.printed), { missing: 1, extra: 1, different: 0 });
  });

  it('is linked in the first screen of the README, with both commands', () => {
    const screen = read('README.md').split('\n').slice(0, 30).join('\n');

    for (const named of ['`npm run atlas:load`', '`npm run load`', '(docs/initial-load.md)'])
      assert(screen.includes(named), named);
  });

  it('has an address of a lake that the settings take, once it is filled in', () => {
    const [, LAKE_URL = ''] = /^export LAKE_URL=(.*)$/m.exec(fences('sh').join('')) ?? [];

    assert.equal(readSettings({ LAKE_URL: LAKE_URL.replaceAll(/<\w+>/g, 'filled') }).kind, 'valid');
  });

  it('names only options, settings and members that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/npm run ([a-z][a-z:]+)/g)].map(([, name = '']) => name);
    for (const name of named) assert(name in scripts, name);
    assert(named.length > 10);

    const sources = globSync('{shared,local}/**/*.ts', { cwd: root }).map(read).join('');
    const settings = [...text.matchAll(/`((?:[A-Z]+_)*[A-Z]{4,})`/g)].map(([, name = '']) => name);
    for (const name of settings) assert(sources.includes(name), name);
    assert(settings.length > 5);

    const helps = ['load', 'verify', 'atlas-load', 'bench'].map((name) => read(`local/commands/${name}.ts`)).join('');
    const ofMongo = [
      '--gzip',
      '--out',
      '--uri',
      '--db',
      '--collection',
      '--jsonArray',
      '--pretty',
      '--jsonFormat',
      '--archive',
      '--outFile',
    ];
    for (const [option] of text.matchAll(/--[a-z][\w-]+/g))
      assert(ofMongo.includes(option) || helps.includes(option), option);

    const { properties } = JSON.parse(read('atlas-app/lake-sync.schema.json')).properties.watch.items;
    assert('initialLoad' in properties && text.includes('"initialLoad": true'));
  });

  describe('"Time and cost"', () => {
    const prices = new Map(
      markdownPage(new URL('operate.md', address))
        .table('price')
        .map(([, symbol = '', dollars = '']) => [codeIn(symbol), Number(dollars)]),
    );
    const price = (symbol: string): number => prices.get(symbol) ?? Number.NaN;
    const numbers: Readonly<Record<string, number>> = {
      '10 thousand': 10_000,
      '10 million': 10_000_000,
      'a billion': 1e9,
    };

    for (const [documents = '', ...cells] of table('documents'))
      if (documents in numbers)
        it(`has figures that follow from the formulas: ${documents} documents`, () => {
          const count = numbers[documents] ?? 0;
          const pages = count / 1000;
          const inAtlas = (pages * 0.75 * 60) / 45;
          const atlas = ((inAtlas * 45) / 60 / 3600) * price('hour') * 4;
          const receiver = pages * 2 * price('gbs') + (pages / 1e6) * price('execution');
          const storage = (pages / 10_000) * price('write');

          assert.deepEqual(cells, [
            `${timeOf(Math.max(60, inAtlas))}, ${dollarsOf(atlas + receiver + storage)}`,
            `${timeOf(Math.max(2, count / 10_000))}, ${dollarsOf(receiver + storage)}`,
            `${timeOf(Math.max(2, count / 22_000))}, ${dollarsOf(storage)}`,
          ]);
        });
  });
});

/** A folder with the dump of the page, and a lake. `run` performs the page's line for a command, and more options. */
async function laptop(t: TestContext) {
  const folder = await temporaryFolder(t);
  const environment = { LAKE_URL: `file:${folder}/lake` };
  const lines = fences('sh').flatMap((script) => script.split('\n'));
  return {
    folder,
    environment,
    /** As mongodump --gzip does. */
    write: (documents: readonly Readonly<Record<string, unknown>>[]): void => {
      mkdirSync(join(folder, 'dump/shop'), { recursive: true });
      writeFileSync(
        join(folder, 'dump/shop/orders.bson.gz'),
        gzipSync(Buffer.concat(documents.map((one) => serialize(one)))),
      );
    },
    run: async (name: string, ...more: readonly string[]) => {
      const line =
        lines.find((one) => one.startsWith(`npm run ${name} -- `)) ?? assert.fail(`there is no line for ${name}`);
      const args = words(line.replace('dump/', `${folder}/dump/`)).slice(4);
      return await performed(commands[name] ?? assert.fail(name), environment, ...args, ...more);
    },
  };
}

function codeAndPrinted({ code, printed }: Awaited<ReturnType<typeof performed>>) {
  return [code, printed];
}

function words(line: string): string[] {
  return line.trim().split(/\s+/);
}

function timeOf(seconds: number): string {
  const units = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const;
  const [size, unit] = units.find(([length]) => seconds >= (length > 60 ? 2 : 1) * length) ?? [1, 'second'];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function dollarsOf(dollars: number): string {
  return `$${dollars < 10 ? dollars.toFixed(2) : dollars.toFixed(0)}`;
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
