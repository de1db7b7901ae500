// What a repair writes is newer than what it corrects.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { command } from '../../../local/commands/verify.ts';
import { stagingLimits } from '../../../local/verify/staged-rows.ts';
import { performed } from '../../support/commands.ts';
import { secret } from '../../support/deliveries.ts';
import { filesIn } from '../../support/lakes.ts';
import { loaded, worldOf } from '../../support/verify-world.ts';

const secondsNow = (): number => Math.floor(Date.now() / 1000);

describe('npm run verify -- --repair', () => {
  it('sorts after events that are later than the clock of this machine, also a second time', async (t) => {
    const world = await loaded(t, ['{"_id":3}']);
    const later = secondsNow() + 30;
    await world.change('update', 1, { _id: 1, n: 'lake' }, later);
    await world.change('update', 2, { _id: 2 }, later);
    await world.change('delete', 3, undefined, later);

    for (const n of [1, 2]) {
      await world.dump([`{"_id":1,"n":${n}}`, '{"_id":3}']);
      assert.equal(await world.verify({ repair: true, yes: true }), true);
      assert.equal(await world.verify(), true);
    }
  });

  it('writes a document once that a dump has several times, in any spelling and any part', async (t) => {
    const world = await loaded(t, ['{"_id":0}']);
    const others = Array.from({ length: stagingLimits.rows }, () => '{"_id":0}');
    await world.dump(['{"_id":3}', '{"_id":"a"}', '{"_id":3}', '{"_id":"\\u0061"}', ...others, '{"_id":3}']);

    assert.equal(await world.verify({ repair: true, yes: true }), true);
    assert.match(world.noted[0] ?? '', /writes 2 snapshot events and 0 deletes/);
    assert.equal(world.noted.at(-1), 'Written: 2 events');
    assert.equal(await world.verify(), true);
  });

  for (const [name, others] of [
    ['one batch file', 0],
    ['two batch files', 1000],
  ] as const)
    it(`takes any of the documents that a dump has with one key, as a load stores one of them: ${name}`, async (t) => {
      const versions = [1, 2, 3].map((n) => `{"_id":1,"n":${n}}`);
      const between = Array.from({ length: others }, (_, n) => `{"_id":"${n}"}`);
      for (const order of [versions, versions.toReversed()]) {
        const dump = order.flatMap((version) => [version, ...between]);
        const world = await loaded(t, dump);
        assert.equal(await world.verify(), true);
        assert.match(
          world.noted.join('\n'),
          /^1 key of the source has several documents that differ\. A load stores one/m,
        );

        await world.change('update', 1, { _id: 1, n: 'other' });
        assert.equal(await world.verify({ repair: true, yes: true }), true);
        assert.equal(world.noted.at(-1), 'Written: 1 event');
        assert.equal(await world.verify(), true);
      }
    });

  it('sorts after a drop of the collection', async (t) => {
    const world = await loaded(t, ['{"_id":1}']);
    await world.change('drop', undefined, undefined, secondsNow() + 30);

    assert.equal(await world.verify({ repair: true, yes: true }), true);
    assert.equal(await world.verify(), true);
  });

  it('leaves the changes that applications make while it runs, however long that takes', async (t) => {
    const world = await loaded(t, ['{"_id":1}', '{"_id":2,"n":1}']);
    await world.dump(['{"_id":1,"n":1}', '{"_id":2,"n":1}', '{"_id":3,"n":1}']);
    const begin = Date.now();
    t.mock.timers.enable({ apis: ['Date'], now: begin });
    const change = async (): Promise<boolean> => {
      await world.change('update', 1, { _id: 1, n: 'newer' }, Math.floor(begin / 1000) + 60);
      await world.change('insert', 3, { _id: 3, n: 'newer' }, Math.floor(begin / 1000) + 60);
      return true;
    };

    assert.equal(await world.verify({ repair: true }, change, () => t.mock.timers.setTime(begin + 3_600_000)), true);

    await world.dump(['{"_id":1,"n":"newer"}', '{"_id":2,"n":1}', '{"_id":3,"n":"newer"}']);
    assert.equal(await world.verify(), true);
  });

  it('writes nothing, and ends with 2, where it would hide the changes of the next minutes', async (t) => {
    const world = await loaded(t, ['{"_id":1}']);
    await world.change('update', 1, { _id: 1, n: 'lake' }, secondsNow() + 3600);

    const files = await filesIn(world.folder);
    const options = ['--file', join(world.folder, 'dump.json'), '--namespace', 'shop.orders', '--repair', '--yes'];

    const { code, output } = await performed(command, world.environment, ...options);

    assert.equal(code, 2);
    assert.match(
      output,
      /^Cannot repair: the newest change .* at most 5 minutes later than .*: it is from \d{4}-.*Z$/m,
    );
    assert.deepEqual(await filesIn(world.folder), files);
  });

  it('has the time of now for documents that did not change later, whatever others did', async (t) => {
    const world = await loaded(t, ['{"_id":1}', '{"_id":2}']);
    await world.change('update', 2, { _id: 2 }, secondsNow() + 3600);
    await world.dump(['{"_id":1,"n":1}', '{"_id":2}']);

    assert.equal(await world.verify({ repair: true, yes: true }), true);
    assert.equal(await world.verify(), true);
  });

  it('leaves out what changed since --at, and does not warn of it', async (t) => {
    const world = await loaded(t, ['{"_id":1}', '{"_id":2}']);
    await world.change('update', 2, { _id: 2, n: 'newer' });
    await world.change('insert', 3, { _id: 3 });
    await world.dump(['{"_id":1,"n":1}', '{"_id":2}']);
    const at = '2026-11-20T10:00:00Z';

    assert.equal(await world.verify({ repair: true, yes: true, at }), true);
    assert.deepEqual(
      world.noted.map((line) => line.replace(/\d{4}-\S+Z/, '<time>')),
      [
        'The repair writes 1 snapshot event and 0 deletes, with the time <time>. It changes no existing file.',
        'Written: 1 event',
      ],
    );
  });

  for (const operationType of ['drop', 'rename'])
    it(`brings no document back that a ${operationType} since --at has deleted`, async (t) => {
      const world = await loaded(t, ['{"_id":1}', '{"_id":2}']);
      const [before, after] = ['2026-11-20T10:00:00Z', '2026-11-20T10:15:31Z'];
      await world.change(operationType, undefined, undefined);
      await world.change('insert', 1, { _id: 1 });
      const files = await filesIn(world.folder);

      await assert.rejects(world.verify({ repair: true, yes: true, at: before }), {
        name: 'CommandError',
        message:
          'Cannot verify: --at must be later than the last drop or rename of shop.orders, because the source has documents that this event deleted: the event is from 2026-11-20T10:15:30.000Z',
      });

      assert.deepEqual(await filesIn(world.folder), files);
      await world.dump(['{"_id":1}']);
      assert.equal(await world.verify({ at: after }), true);
    });

  it('deletes documents with long keys, few at a time', async (t) => {
    const world = await worldOf(t, { WRITE_CONCURRENCY: '1' });
    const long = Array.from({ length: 12 }, (_, n) => JSON.stringify({ _id: `${n}${'x'.repeat(1_500_000)}` }));
    await world.dump(['{"_id":1}', ...long]);
    await world.load();
    await world.dump(['{"_id":1}']);
    const steps: number[] = [];

    const onStep = (done: number, total: number): void => {
      if (total === 12) steps.push(done);
    };
    assert.equal(await world.verify({ repair: true, yes: true }, undefined, onStep), true);
    assert.deepEqual(steps, [5, 10, 12]);
    assert.equal(await world.verify(), true);
  });

  it('deletes extra documents that --expect finds', async (t) => {
    const world = await worldOf(t, {});
    await world.dump(['{"_id":1,"region":"a"}', '{"_id":2,"region":"b"}']);
    await world.load({ shardKey: 'region' });
    const expect = join(world.folder, 'ids.json');
    await writeFile(expect, '[2]');

    assert.equal(await world.verify({ files: [], expect, repair: true, yes: true }), true);
    assert.equal(await world.verify({ files: [], expect }), true);
  });

  it('says that documents share a key in simple, and that no repair changes that', async (t) => {
    const world = await worldOf(t, { DOCUMENT_FORMAT: 'simple', REDACT: '*: email, _id.k=hash', REDACT_KEY: secret });
    const oid = '56e1fc72e0c917e9c4714161';
    await world.dump([`{"_id":{"$oid":"${oid}"},"n":1}`, `{"_id":"${oid}","n":2}`, '{"_id":3}', '{"_id":3}']);
    await world.load();

    assert.equal(await world.verify({ json: true }), false);
    assert.equal(await world.verify({ repair: true, yes: true }), false);
    assert.equal(await world.verify(), false);

    const sample = { missing: [], extra: [], different: [`{"_id":"${oid}"}`] };
    assert.deepEqual(JSON.parse(world.written[1] ?? ''), { missing: 0, extra: 0, different: 1, sample });
    assert.match(world.noted[0] ?? '', /^1 key has several documents of the source: .* DOCUMENT_FORMAT=simple/);
  });
  for (const [REDACT, DOCUMENT_FORMAT] of [
    ['shop.*: _id=mask', 'simple'],
    ['shop.*: _id=mask', 'relaxed'],
    ['shop.*: _id.k', 'simple'],
  ] as const)
    it(`names REDACT if it gives several documents one key: ${REDACT} (${DOCUMENT_FORMAT})`, async (t) => {
      const world = await worldOf(t, { DOCUMENT_FORMAT, REDACT, REDACT_KEY: secret });
      await world.dump(['{"_id":{"k":1},"n":1}', '{"_id":{"k":2},"n":2}']);
      await world.load();

      assert.equal(await world.verify(), false);

      assert.match(world.noted[0] ?? '', /^1 key has several documents of the source: REDACT can give several _ids/);
    });
});
