import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Double, Int32, serialize } from 'bson';
import { CommandError } from '../../../local/command.ts';
import { type LoadOptions, runLoad } from '../../../local/load/run-load.ts';
import { Stopped } from '../../../local/until-stopped.ts';
import { filesIn, temporaryFolder } from '../../support/lakes.ts';

describe('runLoad()', () => {
  it('writes snapshot events of each document into batch files under the hour of T0', async (t) => {
    const { folder, run } = await lakeOf(t, [
      '{"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"n":{"$numberLong":"9007199254740993"}}',
    ]);

    assert.equal(await run(), true);

    const [[path, text] = ['', '']] = await filesIn(join(folder, 'lake'));
    assert.match(
      path,
      /^shop\/orders\/year=2026\/month=11\/day=20\/hour=10\/change-1795169730-0000000000-1-[0-9a-f]{16}\.jsonl$/,
    );
    const { sequence, ...line } = JSON.parse(text);
    assert.match(sequence, /^826B001DC20000000000[0-9A-F]{32}$/);
    assert.match(text, /"n":9007199254740993\b/);
    assert.deepEqual(Object.keys(line), ['operationType', 'data', 'documentKey', 'ns', 'clusterTime', 'snapshot']);
    assert.equal(line.operationType, 'insert');
    assert.equal(line.snapshot, true);
    assert.deepEqual(line.documentKey, { _id: { $oid: '56e1fc72e0c917e9c4714161' } });
    assert.deepEqual(line.ns, { db: 'shop', coll: 'orders' });
    assert.equal(line.clusterTime, '2026-11-20T10:15:30.000Z');
  });

  it('stores nothing twice when it is repeated, and says so', async (t) => {
    const { folder, run, written } = await lakeOf(t, ['{"_id":1}', '{"_id":2}']);

    await run();
    const first = await filesIn(join(folder, 'lake'));
    assert.equal(await run(), true);

    assert.deepEqual(await filesIn(join(folder, 'lake')), first);
    assert.match(written.at(-1) ?? '', /2 of 2 documents, 2 of them there before/);
  });

  it('completes a load after its broken file is fixed', async (t) => {
    const { folder, run, fix } = await lakeOf(t, ['{"_id":1}', '{"_id":2}', '{"_id":', '{"_id":4}']);

    await assert.rejects(run(), /Cannot read ".*dump\.json" at line 3: .*\nLoaded so far: 2 of 2 documents/s);
    await fix(['{"_id":1}', '{"_id":2}', '{"_id":3}', '{"_id":4}']);
    assert.equal(await run(), true);

    const lines = [...(await filesIn(join(folder, 'lake'))).values()].join('').trim().split('\n');
    assert.equal(new Set(lines.map((line) => JSON.parse(line).sequence)).size, 4);
  });

  it('loads an empty dump as 0 documents', async (t) => {
    const { run, written } = await lakeOf(t, []);

    assert.equal(await run(), true);
    assert.deepEqual(written, ['Loaded shop.orders: 0 of 0 documents']);
  });

  it('redacts as the receiver does', async (t) => {
    const { folder, run } = await lakeOf(t, ['{"_id":1,"email":"a@example.com","city":"Bern"}']);
    const key = `whsec_${Buffer.alloc(32, 'r').toString('base64')}`;

    await run({}, { REDACT: 'shop.orders: email', REDACT_KEY: key });

    const [text = ''] = (await filesIn(join(folder, 'lake'))).values();
    assert.deepEqual(JSON.parse(text).data, { _id: 1, city: 'Bern' });
  });

  it('writes the same events from BSON as from canonical JSON', async (t) => {
    const { folder, run } = await lakeOf(t, ['{"_id":{"$numberInt":"1"},"d":{"$numberDouble":"1.0"}}']);
    const file = join(folder, 'dump.bson');
    await writeFile(file, serialize({ _id: new Int32(1), d: new Double(1) }));

    await run();
    const first = await filesIn(join(folder, 'lake'));
    await run({ files: [file] });

    assert.deepEqual(await filesIn(join(folder, 'lake')), first);
  });

  it('puts the fields of the shard key before "_id" in the document key', async (t) => {
    const { folder, run } = await lakeOf(t, ['{"_id":1,"place":{"country":"CH"}}']);

    await run({ shardKey: 'place.country, zone' });

    const [text = ''] = (await filesIn(join(folder, 'lake'))).values();
    assert.match(text, /"documentKey":\{"place\.country":"CH","_id":1\}/);
  });

  it('names everything that is wrong at once', async (t) => {
    const { run } = await lakeOf(t, []);

    const running = run({
      files: ['/nowhere/x.json', 'y.csv'],
      namespace: 'orders',
      at: '2026-11-20',
      url: 'http://elsewhere.example/api/change-events',
      shardKey: 'region,,customer',
    });

    await assert.rejects(running, ({ message }: Error) => {
      for (const option of ['--namespace', '--at', 'x.json', 'y.csv', '--url', '"region,,customer"'])
        assert(message.includes(option), option);
      return true;
    });
  });

  const wrongTimes = ['2026-11-20T10:00:00', '20 Nov 2026', '2999-01-01T00:00:00Z', '2026-13-01T00:00:00Z'];
  for (const at of [...wrongTimes, '2026-02-30T10:00:00Z', undefined])
    it(`refuses ${at} as T0`, async (t) => {
      const { run } = await lakeOf(t, []);

      await assert.rejects(run({ at }), /--at must/);
    });

  it('says at Ctrl-C what is loaded and how to go on, and the same command completes it', async (t) => {
    const lines = Array.from({ length: 3000 }, (_, _id) => JSON.stringify({ _id }));
    const { folder, run, stopWhen } = await lakeOf(t, lines);
    stopWhen((text) => text.startsWith('1,000 of'));

    await assert.rejects(run(), (error) => {
      assert(error instanceof Stopped);
      assert.match(
        error.message,
        /^Stopped\. Loaded so far: [\d,]+ of [\d,]+ documents\. The same command completes it$/,
      );
      return true;
    });
    const durable = await filesIn(join(folder, 'lake'));
    assert(durable.size > 0);
    stopWhen(() => false);
    assert.equal(await run(), true);

    const files = await filesIn(join(folder, 'lake'));
    assert.deepEqual(new Map([...files].filter(([path]) => durable.has(path))), durable);
    assert.equal([...files.values()].join('').split('\n').length - 1, 3000);
  });

  it('says in two lines that the lake takes no files, and how to go on', async (t) => {
    const { folder, run } = await lakeOf(t, ['{"_id":1}']);
    await writeFile(join(folder, 'file'), '');

    await assert.rejects(run({}, { LAKE_URL: `file:${join(folder, 'file', 'lake')}` }), (error) => {
      assert(error instanceof CommandError);
      assert.match(
        error.message,
        /^Cannot load: the lake must take files: .*\nLoaded so far: 0 of 0 documents\. The same command completes it$/,
      );
      return true;
    });
  });

  it('names a dump that ends in the middle of a document', async (t) => {
    const { run } = await lakeOf(t, ['{"_id":1}', '{"_id":2,"text":"cut of']);

    await assert.rejects(
      run(),
      /at line 2: a document must end with its closing brace\nLoaded so far: 1 of 1 documents/,
    );
  });

  it('names the settings that are wrong', async (t) => {
    const { run } = await lakeOf(t, ['{"_id":1}']);

    await assert.rejects(run({}, { LAKE_URL: 'lake' }), /Cannot load: LAKE_URL must be/);
  });
});

async function lakeOf(t: TestContext, lines: readonly string[]) {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'dump.json');
  const written: string[] = [];
  const fix = (fixed: readonly string[]) => writeFile(file, fixed.join('\n'));
  await fix(lines);
  const options: LoadOptions = {
    files: [file],
    namespace: 'shop.orders',
    at: '2026-11-20T11:15:30.7+01:00',
    shardKey: undefined,
    url: undefined,
  };
  let stop = new AbortController();
  let isTimeToStop = (_text: string): boolean => false;
  const stopWhen = (isTime: typeof isTimeToStop): void => {
    stop = new AbortController();
    isTimeToStop = isTime;
  };
  const terminal = {
    write: (line: string) => written.push(line),
    progress: {
      update: (_done: number, _total: number, text: string | (() => string)) => {
        if (isTimeToStop(typeof text === 'string' ? text : text())) stop.abort();
      },
      end: () => undefined,
    },
  };
  const run = (changed: Partial<LoadOptions> = {}, environment: Record<string, string> = {}) =>
    runLoad(
      { ...options, ...changed },
      { LAKE_URL: `file:${join(folder, 'lake')}`, ...environment },
      { ...terminal, signal: stop.signal },
      [0],
    );
  return { folder, written, fix, run, stopWhen };
}
