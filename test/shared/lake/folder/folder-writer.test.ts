import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { folderWriter } from '../../../../shared/lake/folder/folder-writer.ts';
import { lettersOf } from '../../../support/letters.ts';
import { never } from '../../../support/never.ts';
import { describeWriter } from '../../../support/writer-contract.ts';

const run = promisify(execFile);
const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'lake-'));

describeWriter('folderWriter()', async () => {
  const folder = await emptyFolder();
  const file = join(folder, '.file');
  await writeFile(file, 'A folder cannot be made in a file.');
  return {
    lake: folderWriter(folder),
    missing: folderWriter(join(file, 'lake')),
    read: (path) => readFile(join(folder, path)).catch(() => undefined),
    names: () => publishedIn(folder),
    close: () => rm(folder, { recursive: true }),
  };
});

describe('folderWriter()', () => {
  let folder: string;
  before(async () => {
    folder = await emptyFolder();
  });
  after(() => rm(folder, { recursive: true }));

  it('makes a missing folder', async () => {
    const lake = folderWriter(join(folder, 'not', 'yet'));

    await lake.create('db/file.json', Buffer.from('made'), 'application/json', never);

    assert.equal(await readFile(join(folder, 'not', 'yet', 'db', 'file.json'), 'utf8'), 'made');
  });

  it('continues after the whole lake was removed', async () => {
    const root = join(folder, 'removed');
    const lake = folderWriter(root);
    await lake.create('db/file.json', Buffer.from('before'), 'application/json', never);
    await rm(root, { recursive: true });

    const result = await lake.create('db/file.json', Buffer.from('after'), 'application/json', never);
    await rm(root, { recursive: true });
    await lake.check(never);

    assert.equal(result, 'created');
  });

  it('leaves nothing but the file', async () => {
    const root = join(folder, 'tidy');
    const lake = folderWriter(root);

    await lake.check(never);
    await lake.create('db/file.json', Buffer.from('1'), 'application/json', never);
    await lake.create('db/file.json', Buffer.from('2'), 'application/json', never);

    assert.deepEqual(await filesIn(root), ['db/file.json']);
  });

  it('removes files of dead writers after an hour, and nothing else', async () => {
    const root = join(folder, 'leftovers');
    const staging = join(root, '.staging');
    await mkdir(staging, { recursive: true });
    await leave(join(staging, 'old.tmp'), 61);
    await leave(join(staging, 'young.tmp'), 59);
    await leave(join(staging, 'old.json'), 61);
    await leave(join(root, 'old.json'), 61);

    await folderWriter(root).check(never);

    assert.deepEqual(await filesIn(root), ['.staging/old.json', '.staging/young.tmp', 'old.json']);
  });

  it('is durable when it returns: the file before its name, and every new folder', async () => {
    const root = join(folder, 'durable');

    const { steps } = await writeInChild(root, 'a', ['db/hour=10/file.json']);

    const linked = steps.indexOf('link file.json');
    const synced = (name: string): number => steps.indexOf(`sync ${name}`);
    assert.equal(steps.indexOf('write staged') < synced('staged') && synced('staged') < linked, true);
    assert.equal(steps.lastIndexOf('sync hour=10') > linked, true);
    for (const [made, named] of [
      ['durable', folder.split(sep).at(-1)],
      ['db', 'durable'],
      ['hour=10', 'db'],
    ])
      assert.equal(synced(`${named}`) > steps.indexOf(`mkdir ${made}`), true, `${made} must be made durable`);
  });

  it('replaces a file durably: the content before its name, and then its folder', async () => {
    const { steps } = await runChild('folder-replacer.ts', join(folder, 'replaced'), ['db/_last_checkpoint']);

    const durable = ['sync staged', 'rename _last_checkpoint', 'sync db'];
    assert.deepEqual(
      steps.filter((step) => durable.includes(step)),
      durable,
    );
  });

  it('makes folders of a crashed process durable', async () => {
    const root = join(folder, 'durable-late');
    await mkdir(join(root, 'db', 'hour=10'), { recursive: true });

    const { steps } = await writeInChild(root, 'a', ['db/hour=10/file.json']);

    assert.deepEqual(
      ['sync durable-late', 'sync db', 'sync hour=10'].filter((step) => !steps.includes(step)),
      [],
    );
  });

  it('lets one of several processes win each file, whole', async () => {
    const root = join(folder, 'processes');
    const letters = ['a', 'b', 'c', 'd'];
    const paths = Array.from({ length: 25 }, (_, index) => `db/${index}.json`);

    const written = await Promise.all(letters.map((letter) => writeInChild(root, letter, paths)));

    for (const [index, path] of paths.entries()) {
      const winners = letters.filter((_, writer) => written[writer]?.results[index] === 'created');
      assert.equal(winners.length, 1, path);
      assert.equal(await readFile(join(root, path), 'utf8'), lettersOf(winners.join()).toString());
    }
  });
});

interface Written {
  readonly results: readonly string[];
  readonly steps: readonly string[];
}

/** Writes in a separate process. test/proof/killed-writer.test.ts kills such processes. */
async function writeInChild(root: string, letter: string, paths: readonly string[]): Promise<Written> {
  return await runChild('folder-writer.ts', root, [letter, ...paths]);
}

async function runChild(script: string, root: string, args: readonly string[]): Promise<Written> {
  const support = join(import.meta.dirname, '../../../support');
  const program = ['--import', join(support, 'step-trace.ts'), join(support, script)];
  const { stdout } = await run(process.execPath, [...program, root, ...args], { maxBuffer: 2 ** 26 });
  return Object.assign(
    {},
    ...stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

async function leave(file: string, minutes: number): Promise<void> {
  await writeFile(file, 'left');
  const { mtimeMs } = await stat(file);
  const then = new Date(mtimeMs - minutes * 60_000);
  await utimes(file, then, then);
}

async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.map((file) => relative(root, file).split(sep).join('/')).toSorted();
}

/** The files that readers of a lake find. Readers skip every name with a leading dot or underscore. */
async function publishedIn(root: string): Promise<string[]> {
  return (await filesIn(root)).filter((file) => !/(?:^|\/)[._]/.test(file));
}
