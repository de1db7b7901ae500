import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { command as tables } from '../../../local/commands/tables.ts';
import { command } from '../../../local/commands/verify.ts';
import { performed } from '../../support/commands.ts';
import { temporaryFolder, unreachableLake } from '../../support/lakes.ts';
import { spawned } from '../../support/spawned.ts';
import { loaded, worldOf } from '../../support/verify-world.ts';

const redaction = {
  REDACT: 'shop.orders: email, _id=hash',
  REDACT_KEY: `whsec_${Buffer.alloc(32, 'r').toString('base64')}`,
};

describe('npm run verify', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['--nope', /^Cannot read the arguments: unknown option '--nope': --help shows what is possible\n$/],
    ['--namespace', /^Cannot read the arguments: option '--namespace <value>' argument missing: --help shows/],
    ['--namespace shop.orders', /^Cannot verify: --file must name .*: it is missing\n$/],
    ['', /^Cannot verify: --namespace must be <database>\.<collection>: it is missing\nCannot verify: --file must/],
    ['--yes', /\nCannot verify: --yes must come with --repair: it is missing\n$/],
    ['--file a.json --expect b.json', /\nCannot verify: --file and --expect must not both be given\n$/],
    ['--shard-key region,', /\nCannot verify: --shard-key must be field names .*: it is "region,"\n/],
    ['--at now', /\nCannot verify: --at must be .*: it is "now"\n/],
  ];
  for (const [args, says] of wrong)
    it(`ends with 2, not with the 1 of a difference, for "${args}"`, async () => {
      const { code, output, printed } = await performed(command, {}, ...args.split(' ').filter(Boolean));

      assert.deepEqual([code, printed], [2, '']);
      assert.match(output, says);
    });
});

describe('npm run verify, with a pipe in place of a file', () => {
  it('refuses it, because it reads a file twice', async (t) => {
    const pipe = join(await temporaryFolder(t), 'pipe.json');
    await symlink('/dev/null', pipe);

    for (const option of ['--file', '--expect']) {
      const { code, output } = await performed(command, {}, '--namespace', 'shop.orders', option, pipe);

      const found = `${JSON.stringify(pipe)} is a pipe or a device`;
      assert.deepEqual([code, output], [2, `Cannot verify: ${option} must be a file: ${found}\n`]);
    }
  });
});

describe('npm run verify, with nobody where the lake should be', () => {
  it('ends with 2, and says in one line that the lake does not answer', async (t) => {
    const file = join(await temporaryFolder(t), 'dump.json');
    await writeFile(file, '{"_id":1}');

    const { code, output, printed } = await performed(
      command,
      unreachableLake,
      ...['--namespace', 'shop.orders', '--file', file],
    );

    assert.deepEqual([code, printed], [2, '']);
    assert.equal(
      output,
      'Cannot read the lake: the lake must answer: RestError ECONNREFUSED: npm run doctor shows the cause\n',
    );
  });
});

describe('runVerify()', () => {
  it('finds a lake equal to the dump that it was loaded from', async (t) => {
    const world = await loaded(t, ['{"_id":1,"a":"<é>"}', '{"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"b":1.50}']);

    assert.equal(await world.verify(), true);
    assert.match(world.written.at(-1) ?? '', /^Equal/);
  });

  it('compares values, however they are spelled', async (t) => {
    const world = await loaded(t, ['{"_id":1,"a":"<é>","n":1.5}']);

    await world.dump(['{ "_id": 1, "a": "\\u003c\\u00e9\\u003e", "n": 15e-1 }']);

    assert.equal(await world.verify(), true);
  });

  it('compares texts that are no Unicode, in keys and in documents, with ids too', async (t) => {
    const half = String.raw`"\ud800"`;
    const world = await loaded(t, [`{"_id":1,"a":${half}}`, `{"_id":${half}}`, `{"_id":3,"a":${half}}`, '{"_id":4}']);
    assert.equal(await world.verify(), true);
    const expect = join(world.folder, 'ids.json');
    await writeFile(expect, `[1,${half},3,4]`);
    assert.equal(await world.verify({ files: [], expect }), true);
    await world.dump([`{"_id":1,"a":${half}}`, '{"_id":3}', `{"_id":4,"a":${half}}`]);

    assert.equal(await world.verify({ json: true, repair: true, yes: true }), true);

    const { extra, different } = JSON.parse(world.written.at(-1) ?? '').sample;
    assert.deepEqual([extra, different], [[`{"_id":${half}}`], ['{"_id":3}', '{"_id":4}']]);
    assert.equal(await world.verify(), true);
  });

  it('takes more memory where documents of 16 MB need it', async (t) => {
    const text = 'x'.repeat(15_900_000);
    const world = await loaded(
      t,
      [1, 2].map((_id) => JSON.stringify({ _id, text })),
    );

    assert.equal(await world.verify(), true);
    assert.match(world.noted.join(), /begins again, with up to 8GB/);
  });

  it('compares once, also if the repair has too little memory', async (t) => {
    const world = await loaded(t, ['{"_id":1}']);
    await world.dump(['{"_id":2}']);
    const ask = () => Promise.reject(new Error('Out of Memory Error: could not allocate block'));

    await assert.rejects(world.verify({ json: true, repair: true }, ask), {
      name: 'CommandError',
      message: 'Cannot verify: DuckDB must hold the largest documents in its memory: 80MB is too little',
    });
    assert.equal(world.written.length, 2);
    assert.doesNotMatch(world.noted.join(), /begins again/);
  });

  it('names what is missing, extra and different', async (t) => {
    const world = await loaded(t, ['{"_id":1}', '{"_id":2,"a":1}', '{"_id":3}']);

    await world.dump(['{"_id":2,"a":2}', '{"_id":3}', '{"_id":4}']);

    assert.equal(await world.verify({ json: true }), false);
    assert.deepEqual(JSON.parse(world.written.at(-1) ?? ''), {
      missing: 1,
      extra: 1,
      different: 1,
      sample: { missing: ['{"_id":4}'], extra: ['{"_id":1}'], different: ['{"_id":2}'] },
    });
  });

  it('looks at the newest state, as events have left it', async (t) => {
    const world = await loaded(t, ['{"_id":1}', '{"_id":2}']);
    await world.change('delete', 1, undefined);
    await world.change('update', 2, { _id: 2, a: 1 });

    await world.dump(['{"_id":2,"a":1}']);

    assert.equal(await world.verify(), true);
  });

  it('reads a table and the files that it lacks as one state', async (t) => {
    const world = await loaded(t, ['{"_id":1}', '{"_id":2}', '{"_id":3}']);
    await performed(tables, world.environment, 'compact');
    await world.change('delete', 1, undefined);
    await world.change('update', 2, { _id: 2, a: 1 });

    await world.dump(['{"_id":2,"a":1}', '{"_id":3}']);

    assert.equal(await world.verify(), true);
  });

  it('reads a lake in the flat layout', async (t) => {
    const world = await worldOf(t, { LAKE_LAYOUT: 'flat' });
    await world.change('insert', 1, { _id: 1 });
    await world.change('insert', 2, { _id: 2 });

    await world.dump(['{"_id":1}', '{"_id":2}']);

    assert.equal(await world.verify(), true);
  });

  it('compares ids alone with --expect', async (t) => {
    const world = await loaded(t, ['{"_id":1,"a":1}', '{"_id":{"$oid":"56e1fc72e0c917e9c4714161"}}']);
    const expect = join(world.folder, 'ids.json');
    await writeFile(expect, '[{"$oid":"56e1fc72e0c917e9c4714161"}, 5]');

    assert.equal(await world.verify({ files: [], expect, json: true }), false);
    assert.deepEqual(JSON.parse(world.written.at(-1) ?? ''), {
      missing: 1,
      extra: 1,
      different: 0,
      sample: { missing: ['5'], extra: ['1'], different: [] },
    });
  });

  it('leaves out documents that changed since --at', async (t) => {
    const world = await loaded(t, ['{"_id":1}', '{"_id":2}', '{"_id":3}']);
    await world.change('update', 1, { _id: 1, later: true });
    await world.change('delete', 2, undefined);

    assert.equal(await world.verify({ at: '2026-11-20T10:15:00Z' }), true);
    assert.equal(await world.verify(), false);
  });

  it('finds everything missing in a lake that has nothing of the collection', async (t) => {
    const world = await worldOf(t, {});
    await world.dump(['{"_id":1}', '{"_id":2}']);

    assert.equal(await world.verify({ json: true }), false);
    assert.equal(JSON.parse(world.written.at(-1) ?? '').missing, 2);
  });

  for (const [name, environment] of [
    ['one file for each event', {}],
    ['canonical', { DOCUMENT_FORMAT: 'canonical' }],
    ['simple', { DOCUMENT_FORMAT: 'simple', LAKE_FILES: 'batch' }],
    ['redacted', redaction],
  ] as const)
    it(`repairs what differs, and then finds nothing: ${name}`, async (t) => {
      const world = await worldOf(t, environment);
      await world.dump(['{"_id":"a","n":1}', '{"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"email":"x"}', '{"_id":3}']);
      await world.load();
      await world.dump(['{"_id":"a","n":2}', '{"_id":3}', '{"_id":{"k":[1,"é"]},"email":"y"}']);

      assert.equal(await world.verify({ repair: true, yes: true }), true);

      assert.equal(await world.verify(), true);
    });

  it('prints nothing but the comparison with --json, also when it repairs', async (t) => {
    const world = await loaded(t, ['{"_id":1}']);
    await world.dump(['{"_id":2}']);

    assert.equal(await world.verify({ json: true, repair: true, yes: true }), true);

    const sample = { missing: ['{"_id":2}'], extra: ['{"_id":1}'], different: [] };
    assert.deepEqual(
      world.written.slice(1).map((line) => JSON.parse(line)),
      [{ missing: 1, extra: 1, different: 0, sample }],
    );
    assert.equal(world.noted.at(-1), 'Written: 2 events');
  });

  it('repairs nothing that nobody has agreed to', async (t) => {
    const world = await loaded(t, ['{"_id":0}', '{"_id":1}']);
    await world.dump(['{"_id":0}', '{"_id":2}']);

    assert.equal(await world.verify({ repair: true }), false);
    assert.deepEqual(
      world.noted.map((line) => line.replace(/\d{4}-\S+Z/, '<time>')),
      [
        'The repair writes 1 snapshot event and 1 delete, with the time <time>. It changes no existing file.',
        'It takes back changes that are newer than the source. --at <start of the source> leaves them out',
        'Nothing is written: without a terminal, --yes is needed',
      ],
    );
    assert.equal(await world.verify({ repair: true }, async () => false), false);
    assert.equal(await world.verify(), false);
    assert.equal(await world.verify({ repair: true }, async () => true), true);
  });

  it('says that the folder for temporary files is full or missing', async (t) => {
    const world = await loaded(t, ['{"_id":1}']);
    await world.dump(['{"_id":2}']);
    const ask = () => Promise.reject(new Error('IO Error: Could not write file "x": No space left on device'));
    const folder = JSON.stringify(tmpdir());
    const missing = join(world.folder, 'missing');

    await assert.rejects(world.verify({ repair: true }, ask), {
      name: 'CommandError',
      message: `Cannot verify: the folder for temporary files must have room: ${folder} is full: TMPDIR can name another one`,
    });
    const { code, output } = await spawned('verify', { TMPDIR: missing, ...world.environment }, ...world.given);
    assert.equal(code, 2);
    assert.equal(
      output,
      `Cannot make files: the folder for temporary files must exist and be writable: ${JSON.stringify(missing)}: ENOENT: TMPDIR can name another one\n`,
    );
  });

  it('names the file and the line that it cannot read', async (t) => {
    const world = await loaded(t, ['{"_id":1}']);
    await world.dump(['{"_id":1}', '{"_id":']);

    await assert.rejects(world.verify(), /Cannot read ".*dump\.json" at line 2/);
  });
});
