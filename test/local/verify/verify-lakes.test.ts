// npm run verify over lakes of each kind: any type of `_id`, redacted keys, tables without their files, loads at two
// times.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { appendFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Command } from '../../../local/command.ts';
import { command as load } from '../../../local/commands/load.ts';
import { command as tables } from '../../../local/commands/tables.ts';
import { command as verify } from '../../../local/commands/verify.ts';
import { corpus } from '../../support/bson-corpus.ts';
import { performed } from '../../support/commands.ts';
import { secret } from '../../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../../support/lakes.ts';

const [earlier, later] = ['2026-11-20T10:00:00Z', '2026-11-21T10:00:00Z'];

describe('npm run verify --expect', () => {
  for (const DOCUMENT_FORMAT of ['relaxed', 'canonical', 'simple'])
    it(`finds an _id of any type: ${DOCUMENT_FORMAT}`, async (t) => {
      const { dump, run, file } = await lakeOf(t, { DOCUMENT_FORMAT });
      await dump(corpus.map(({ canonical }) => `{"_id":${canonical}}`));
      await run(load, '--at', earlier);
      const ids = file('ids.json');
      const compared = async (texts: readonly string[]) => {
        await writeFile(ids, `[${texts.join()}]`);
        return await run(verify, '--expect', ids, '--json');
      };

      const all = await compared(corpus.map(({ canonical }) => canonical));
      const other = await compared(corpus.flatMap(({ canonical }) => (canonical === 'null' ? '"new"' : canonical)));

      assert.deepEqual(
        [all.code, all.printed],
        [0, '{"missing":0,"extra":0,"different":0,"sample":{"missing":[],"extra":[],"different":[]}}\n'],
      );
      assert.equal(other.code, 1);
      // In the format "simple" an undefined value is null too.
      const extra = DOCUMENT_FORMAT === 'simple' ? [] : ['null'];
      assert.deepEqual(JSON.parse(other.printed).sample, { missing: ['"new"'], extra, different: [] });
    });

  for (const [name, text, place] of [
    ['no array', '{"_id":1}', 'its beginning'],
    ['no JSON', '[1,ObjectId("56e1fc72e0c917e9c4714161")]', 'element 2'],
    ['empty', '', 'its beginning'],
  ] as const)
    it(`refuses a file that is ${name}`, async (t) => {
      const { run, file } = await lakeOf(t, {});
      const ids = file('ids.json');
      await writeFile(ids, text);

      const { code, output } = await run(verify, '--expect', ids);

      assert.equal(
        output,
        `Cannot read ${JSON.stringify(ids)} at ${place}: the file must be an array of "_id"s in Extended JSON\n`,
      );
      assert.equal(code, 2);
    });

  it('refuses a file that is not there', async (t) => {
    const { run, file } = await lakeOf(t, {});

    const { code, output } = await run(verify, '--expect', file('none.json'));

    assert.equal(code, 2);
    assert.match(output, /^Cannot verify: --expect must be a file that can be read: ".*none\.json": ENOENT\n$/);
  });

  it('says that it cannot repair what is missing', async (t) => {
    const { dump, run, file } = await lakeOf(t, {});
    await dump(['{"_id":1}', '{"_id":2}']);
    await run(load, '--at', earlier);
    await writeFile(file('ids.json'), '[1,3]');

    const { code, output } = await run(verify, '--expect', file('ids.json'), '--repair', '--yes');

    assert.equal(code, 1);
    assert.match(output, /^Missing documents cannot be repaired from their ids: give a dump with --file$/m);
    assert.match(
      output,
      /^The repair writes 0 snapshot events and 1 delete, .*\nIt takes back .*\nWritten: 1 event\n$/m,
    );
  });
});

describe('npm run verify --file', () => {
  it('shows ten keys of each kind, and how many more there are', async (t) => {
    const { dump, run } = await lakeOf(t, {});
    await dump(Array.from({ length: 12 }, (_, _id) => `{"_id":${_id + 10}}`));

    const { printed } = await run(verify);
    const { missing, sample } = JSON.parse((await run(verify, '--json')).printed);

    assert.match(printed, /^The lake differs from the source in shop\.orders:\n {2}12 missing: /);
    assert.match(printed, /\{"_id":19\}\n {4}… and 2 more\n$/);
    assert.deepEqual([missing, sample.missing.length], [12, 10]);
  });

  it('shows the beginning of a long key, and --json has all of it', async (t) => {
    const { dump, run } = await lakeOf(t, {});
    const _id = 'é'.repeat(300_000);
    await dump([JSON.stringify({ _id })]);

    const [shown, json] = [await run(verify), await run(verify, '--json')];

    assert.match(shown.printed, /\n {4}\{"_id":"é{192}… \(300,010 characters\)\n$/);
    assert.deepEqual(JSON.parse(json.printed).sample.missing, [JSON.stringify({ _id })]);
  });

  it('asks whether it is the right source if no document is in both, and for ids, not documents', async (t) => {
    const { dump, run, file } = await lakeOf(t, {});
    await dump(['{"_id":1}', '{"_id":2}']);
    await run(load, '--at', earlier);
    await writeFile(file('ids.json'), '[{"_id":1},{"_id":2}]');
    const documents = await run(verify, '--expect', file('ids.json'));
    await writeFile(file('ids.json'), '[2,3]');
    const ids = await run(verify, '--expect', file('ids.json'));
    await dump(['{"_id":3}', '{"_id":3}']);
    const other = await run(verify, '--json');
    await dump(['{"_id":2}', '{"_id":3}']);
    const some = await run(verify);
    await dump([]);
    const none = await run(verify);

    const question = 'No document is in both the lake and the source. Is it the source of shop.orders?';
    assert.ok(documents.output.includes(`${question} --expect takes _ids, such as [1, 2], not documents\n`));
    const settings = '--shard-key, DOCUMENT_FORMAT, REDACT and REDACT_KEY must be those of the lake';
    assert.ok(other.output.endsWith(`\n${question} ${settings}\n`), other.output);
    for (const { code, output } of [ids, some, none])
      assert.deepEqual([code, output.includes('No document')], [1, false]);
  });

  it('warns before a repair with other settings writes what the receiver redacts', async (t) => {
    const { dump, run, runWith } = await lakeOf(t, { REDACT: 'shop.orders: email', REDACT_KEY: secret });
    await dump([1, 2, 3].map((_id) => JSON.stringify({ _id, email: 'a@example.com' })));
    await run(load, '--at', earlier);

    const without = await runWith({ REDACT: 'none', REDACT_KEY: 'none' }, verify, '--repair');
    await dump(['{"_id":1,"n":1}', '{"_id":2,"n":1}', '{"_id":3}']);
    const some = await run(verify);

    const warning = /^No document is equal\. DOCUMENT_FORMAT, REDACT and REDACT_KEY must be those of the receiver: a/m;
    assert.match(without.output, warning);
    assert.equal(some.code, 1);
    assert.doesNotMatch(some.output, warning);
  });

  it('says that it leaves out lines of the lake that it cannot read', async (t) => {
    const { dump, run, file } = await lakeOf(t, {});
    await dump(['{"_id":1}', '{"_id":2}']);
    await run(load, '--at', earlier);
    const [path = ''] = (await filesIn(file('lake'))).keys();
    await appendFile(join(file('lake'), path), '{"half":\n');

    const { code, output } = await run(verify);

    assert.deepEqual([code, output.split('\n')[1]], [0, 'Left out 1 line of shop.orders that is no change event']);

    await writeFile(join(file('lake'), 'change-1795169730-0000000001-8a50404b1988f70f.json'), '{"half":\n{\n');
    const remarks = (await run(verify)).output.split('\n').slice(1, 3);
    assert.deepEqual(remarks, [
      'Left out 1 line of shop.orders that is no change event',
      'Left out 2 lines of files outside of folders that are no change events',
    ]);
  });

  it('names the file of a table that is broken or gone', async (t) => {
    const { dump, run, file } = await lakeOf(t, {});
    await dump(['{"_id":1}']);
    await run(load, '--at', earlier);
    await performed(tables, { LAKE_URL: `file:${file('lake')}` }, 'compact');
    const [path = ''] = globSync('**/*.parquet', { cwd: file('lake-tables') });
    await truncate(join(file('lake-tables'), path), 100);
    const broken = await run(verify, '--json');
    await rm(join(file('lake-tables'), path));
    const gone = await run(verify, '--json');

    const message = `Cannot read shop.orders: Cannot read a file of its table: it must be whole Parquet: ${path}\n`;
    for (const { code, printed, output } of [broken, gone]) assert.deepEqual([code, printed, output], [2, '', message]);
  });

  it('prints no key that could change the terminal, and --json keeps its value', async (t) => {
    const { dump, run } = await lakeOf(t, {});
    await dump(['{"_id":"a\u009b2J\u2028\u202eb"}']);

    const [shown, json] = [await run(verify), await run(verify, '--json')];

    assert.match(shown.output, /^ {4}\{"_id":"a\\u009b2J\\u2028\\u202eb"\}$/m);
    for (const { output } of [shown, json]) assert.doesNotMatch(output.replaceAll('\n', ''), /[\p{Cc}\p{Zl}\u202e]/u);
    assert.deepEqual(JSON.parse(json.printed).sample.missing, ['{"_id":"a\u009b2J\u2028\u202eb"}']);
  });

  it('shows redacted keys as the lake has them, and no key of the dump', async (t) => {
    const { dump, run } = await lakeOf(t, { REDACT: 'shop.orders: _id=hash, email', REDACT_KEY: secret });
    await dump(['{"_id":"in both","email":"a"}', '{"_id":"in the lake"}']);
    await run(load, '--at', earlier);
    await dump(['{"_id":"in both","n":1}', '{"_id":"in the dump"}']);

    const { printed, output } = await run(verify, '--json');

    const { sample } = JSON.parse(printed);
    for (const kind of ['missing', 'extra', 'different'])
      assert.match(String(sample[kind]), /^\{"_id":"hmac:[0-9a-f]{32}"\}$/);
    assert.doesNotMatch(output, /in (both|the)/);
  });

  it('reads a table without its files, and repairs what only the table has', async (t) => {
    const { dump, run, file } = await lakeOf(t, {});
    await dump(['{"_id":1}', '{"_id":2,"n":1}']);
    await run(load, '--at', earlier);
    const environment = { LAKE_URL: `file:${file('lake')}` };
    assert.equal((await performed(tables, environment, 'compact')).code, 0);
    assert.equal((await performed(tables, environment, 'prune', '--older-than', '0h', '--yes')).code, 0);
    assert.equal((await run(verify)).code, 0);
    await dump(['{"_id":2,"n":2}', '{"_id":3}']);

    assert.equal((await run(verify)).code, 1);
    assert.equal((await run(verify, '--repair', '--yes')).code, 0);
    assert.equal((await run(verify)).code, 0);
  });

  it('finds after a second load of a later dump only what was deleted between them, and repairs it', async (t) => {
    const { dump, run } = await lakeOf(t, {});
    await dump(['{"_id":1,"n":1}', '{"_id":2}']);
    await run(load, '--at', earlier);
    await dump(['{"_id":1,"n":2}', '{"_id":3}']);
    await run(load, '--at', later);

    const { printed } = await run(verify, '--json');

    const sample = { missing: [], extra: ['{"_id":2}'], different: [] };
    assert.deepEqual(JSON.parse(printed), { missing: 0, extra: 1, different: 0, sample });
    assert.equal((await run(verify, '--repair', '--yes')).code, 0);
    assert.equal((await run(verify)).code, 0);
  });

  it('reads a load in the flat layout, and what folders have since then', async (t) => {
    const { dump, run, runWith } = await lakeOf(t, {});
    await dump(['{"_id":1}', '{"_id":2,"n":1}']);
    await runWith({ LAKE_LAYOUT: 'flat' }, load, '--at', earlier);
    await dump(['{"_id":2,"n":2}', '{"_id":3}']);

    await run(load, '--at', later);

    const { printed } = await run(verify, '--json');
    const sample = { missing: [], extra: ['{"_id":1}'], different: [] };
    assert.deepEqual(JSON.parse(printed), { missing: 0, extra: 1, different: 0, sample });
    assert.equal((await run(verify, '--repair', '--yes')).code, 0);
    assert.equal((await run(verify)).code, 0);
  });

  it('reads a load in the flat layout', async (t) => {
    const { dump, run } = await lakeOf(t, { LAKE_LAYOUT: 'flat' });
    await dump(['{"_id":1}', '{"_id":2}']);

    await run(load, '--at', earlier);

    assert.equal((await run(verify)).code, 0);
  });
});

async function lakeOf(t: TestContext, settings: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder(t);
  const file = (name: string): string => join(folder, name);
  const runWith = (changed: Readonly<Record<string, string>>, command: Command, ...more: readonly string[]) => {
    const source = more.includes('--expect') ? [] : ['--file', file('dump.json')];
    const environment = { LAKE_URL: `file:${file('lake')}`, ...settings, ...changed };
    return performed(command, environment, '--namespace', 'shop.orders', ...source, ...more);
  };
  return {
    file,
    dump: (lines: readonly string[]) => writeFile(file('dump.json'), lines.join('\n')),
    run: (command: Command, ...more: readonly string[]) => runWith({}, command, ...more),
    runWith,
  };
}
