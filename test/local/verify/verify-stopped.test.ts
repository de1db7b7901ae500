// Ctrl-C of npm run verify.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { command as load } from '../../../local/commands/load.ts';
import { command } from '../../../local/commands/verify.ts';
import { databaseFolder } from '../../../local/query/database-folder.ts';
import { Stopped } from '../../../local/until-stopped.ts';
import { runVerify } from '../../../local/verify/run-verify.ts';
import { blobStorage } from '../../bench/blob-storage.ts';
import { performed } from '../../support/commands.ts';
import { filesIn, temporaryFolder } from '../../support/lakes.ts';
import { started } from '../../support/spawned.ts';
import { forwardTo, served } from '../../support/storage-faults.ts';

const namespace = ['--namespace', 'shop.orders'];

describe('databaseFolder()', () => {
  it('removes the files of a command that was killed, and of no running command, other user or machine', async (t) => {
    const [TMPDIR, folder] = [await temporaryFolder(t), await temporaryFolder(t)];
    const isHeld = Promise.withResolvers<void>();
    const front = await served(t, () => {
      isHeld.resolve();
      return new Promise(() => undefined);
    });
    const dump = join(folder, 'dump.json');
    await writeFile(dump, '{"_id":1}');
    const environment = { LAKE_URL: `${front}/account/lake`, STORAGE_ACCOUNT_KEY: 'a2V5', TMPDIR };
    const child = started('verify', environment, '--file', dump, ...namespace);
    await isHeld.promise;
    const running = await databaseFolder(TMPDIR);
    const [killed = ''] = (await readdir(TMPDIR)).filter((name) => name !== basename(running));
    const kept = [killed.replace('lake-query-', 'lake-query-x'), `${killed}.txt`, 'lake-query-old'];
    for (const name of kept) await mkdir(join(TMPDIR, name));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok((await readdir(join(TMPDIR, killed))).length > 0);
    const ofOtherUser = await databaseFolder(TMPDIR, -1);
    assert.ok((await readdir(TMPDIR)).includes(killed));

    const next = await databaseFolder(TMPDIR);

    const left = [...[running, ofOtherUser, next].map((path) => basename(path)), ...kept];
    assert.deepEqual((await readdir(TMPDIR)).sort(), left.sort());
  });
});

describe('npm run verify, at Ctrl-C', () => {
  it('ends with 130, prints no result, removes its files, and the same command succeeds', async (t) => {
    const storage = await blobStorage(0);
    t.after(storage.close);
    const { origin, pathname } = new URL(storage.environment['LAKE_URL'] ?? '');
    const folder = await temporaryFolder(t);
    const dump = join(folder, 'dump.json');
    await writeFile(dump, '{"_id":1}\n{"_id":2}\n');
    const options = ['--file', dump, ...namespace];
    await performed(load, storage.environment, ...options, '--at', '2026-11-20T10:00:00Z');
    const forward = forwardTo(origin);
    const isHeld = Promise.withResolvers<void>();
    const front = await served(t, async (request) => {
      if (request.url?.includes('comp=list')) return await forward(request);
      isHeld.resolve();
      return await new Promise(() => undefined);
    });
    const TMPDIR = await temporaryFolder(t);

    const child = started('verify', { ...storage.environment, LAKE_URL: `${front}${pathname}`, TMPDIR }, ...options);
    const said = Promise.all([child.stdout, child.stderr].map((stream) => stream && text(stream)));
    await isHeld.promise;
    assert.equal((await readdir(TMPDIR)).length, 1);
    child.kill('SIGINT');

    assert.deepEqual(await once(child, 'exit'), [130, null]);
    assert.deepEqual(await said, ['', 'Stopped\n']);
    assert.deepEqual(await readdir(TMPDIR), []);
    const again = await performed(command, storage.environment, ...options);
    assert.deepEqual([again.code, again.output.slice(0, 6)], [0, 'Equal:']);
  });

  for (const phase of ['reading the lake', 'reading the dump', 'comparing'])
    it(`stops while it is ${phase}`, async (t) => {
      const { verify, written } = await differing(t);

      await assert.rejects(
        verify((text) => text.startsWith(phase)),
        // DuckDB's own fault can come first. A command treats both as the end by Ctrl-C.
        /AbortError: This operation was aborted|INTERRUPT Error/,
      );

      assert.deepEqual(written, []);
    });

  it('says what a repair has written, and the same command writes the others', async (t) => {
    const { verify, written, noted, lake } = await differing(t);

    await assert.rejects(
      verify((text) => text.endsWith(' events'), true),
      (error) => {
        assert(error instanceof Stopped);
        assert.equal(error.message, 'Stopped. Written so far: 500 events. The same command writes the others');
        return true;
      },
    );
    assert.equal(await countIn(lake), 501);
    assert.equal(await verify(() => false, true), true);
    assert.equal(noted.at(-1), 'Written: 699 events');
    assert.equal(await countIn(lake), 1200);
    assert.equal(await verify(() => false), true);
    assert.match(written.at(-1) ?? '', /^Equal/);
  });

  it('leaves no temporary file of a repair', async (t) => {
    const { verify, lake } = await differing(t);
    const staging = join(lake, '.staging');
    const stop = new AbortController();
    const watcher = watch(staging, () => stop.abort());
    t.after(() => watcher.close());

    await assert.rejects(
      verify(() => false, true, stop),
      Stopped,
    );

    assert.deepEqual(await readdir(staging), []);
  });
});

/** A lake that has one of 1,200 documents of a dump. */
async function differing(t: TestContext) {
  const folder = await temporaryFolder(t);
  const [lake, dump] = [join(folder, 'lake'), join(folder, 'dump.json')];
  const environment = { LAKE_URL: `file:${lake}` };
  await writeFile(dump, '{"_id":0}');
  await performed(load, environment, '--file', dump, ...namespace, '--at', '2026-11-20T10:00:00Z');
  await writeFile(dump, Array.from({ length: 1200 }, (_, _id) => JSON.stringify({ _id })).join('\n'));
  const written: string[] = [];
  const noted: string[] = [];
  const verify = async (isTimeToStop: (text: string) => boolean, repair = false, stop = new AbortController()) => {
    const update = (_done: number, _total: number, text: string | (() => string)): void => {
      if (isTimeToStop(typeof text === 'string' ? text : text())) stop.abort();
    };
    const terminal = {
      write: (line: string) => void written.push(line),
      note: (line: string) => void noted.push(line),
      progress: { update, end: () => undefined },
      signal: stop.signal,
      ask: undefined,
    };
    const asked = { namespace: 'shop.orders', files: [dump], expect: undefined, at: undefined, shardKey: undefined };
    const options = { ...asked, json: false, repair, yes: repair };
    return await runVerify(options, environment, terminal);
  };
  return { verify, written, noted, lake };
}

async function countIn(lake: string): Promise<number> {
  return [...(await filesIn(lake)).values()].join('').split('\n').length - 1;
}
