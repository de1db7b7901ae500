// The contract of LakeReader, LakeRemover and LakeReplacer in shared/lake/lake.ts. Every adapter passes it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LakeFile, LakeReader, LakeRemover, LakeReplacer, LakeWriter } from '../../shared/lake/lake.ts';
import { never } from './never.ts';

export interface ReaderUnderTest {
  /** Empty at first. */
  readonly writer: LakeWriter;
  readonly reader: LakeReader;
  readonly remover: LakeRemover;
  readonly replacer: LakeReplacer;
  /** A reader of a missing container. */
  readonly missing: LakeReader;
  readonly close: () => Promise<void>;
}

const files: Readonly<Record<string, string>> = {
  'lake/db/coll/hour=10/change-1.json': '0123456789',
  'lake/db/coll/hour=10/change-2.json': '{"title":"Größe – 東京 🎬"}\n',
  'lake/db/coll/hour=11/change-3.json': 'three',
  'lake/db/coll/hour=11/change-4.jsonl': 'four',
  'lake/db/coll-of-another/hour=10/change-5.json': 'five',
  'lake/db/~/change-6.json': 'six',
  "lake/odd/a ~2F%2f+&=#?/it's (1)~é-東-🎬.json": 'odd',
  'lake-tables/db/coll/_delta_log/00000000000000000000.json': 'log',
};

export function describeReader(name: string, open: () => Promise<ReaderUnderTest>): void {
  describe(`${name} keeps the contract of a reader`, () => {
    let opened: ReaderUnderTest;
    const startedMs = Date.now();
    before(async () => {
      opened = await open();
      const { writer } = opened;
      for (const [path, content] of Object.entries(files))
        await writer.create(path, Buffer.from(content), 'application/json', never);
    });
    after(() => opened.close());

    it('lists the files of a folder and of all folders below it', async () => {
      const listed = await listedIn('lake');

      assert.deepEqual(listed.map(({ path }) => path).toSorted(), below('lake/'));
    });

    it('lists the whole lake', async () => {
      const listed = await listedIn('');

      assert.deepEqual(listed.map(({ path }) => path).toSorted(), below(''));
    });

    it('lists nothing of a folder with a longer name', async () => {
      const listed = await listedIn('lake/db/coll');

      assert.deepEqual(listed.map(({ path }) => path).toSorted(), below('lake/db/coll/'));
    });

    it('has the size of a file and the time when it was written', async () => {
      const listed = await listedIn('lake/db/coll/hour=10');

      for (const { path, bytes, modifiedMs } of listed) {
        assert.equal(bytes, Buffer.byteLength(files[path] ?? ''), path);
        // A service reports whole seconds, by its own clock.
        assert(modifiedMs > startedMs - 60_000 && modifiedMs < Date.now() + 60_000, `${modifiedMs}`);
      }
    });

    it('lists the names of one folder in the order of their bytes', async () => {
      const names = ['B', 'a', 'a-', 'a.b', 'a0', 'é', '~', '東'];
      for (const one of names.toReversed())
        await opened.writer.create(`order/${one}`, Buffer.from('1'), 'application/json', never);

      const listed = await listedIn('order');

      const inOrder = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(
        listed.map(({ path }) => path),
        inOrder.map((one) => `order/${one}`),
      );
    });

    it('lists what begins with a text, across a slash too', async () => {
      const inFolder = await listedIn('lake/db/coll/hour=11', 'change-3');
      const across = await listedIn('lake/db', 'coll/hour=10/change-');
      const none = await listedIn('lake/db/coll/hour=11', 'other');

      assert.deepEqual(
        [inFolder, across, none].map((found) => found.map(({ path }) => path).toSorted()),
        [['lake/db/coll/hour=11/change-3.json'], below('lake/db/coll/hour=10/'), []],
      );
    });

    it('lists nothing where the folder is missing', async () => {
      assert.deepEqual(await listedIn('lake/db/never'), []);
    });

    it('names the folders directly in a folder', async () => {
      const found = await Promise.all(
        ['', 'lake/db', 'lake/odd', 'lake/db/~', 'lake/db/never'].map((one) => opened.reader.folders(one, never)),
      );

      const [top = [], ...others] = found.map((names) => names.toSorted());
      assert.deepEqual(
        top.filter((one) => one.startsWith('lake')),
        ['lake', 'lake-tables'],
      );
      assert.deepEqual(others, [['coll', 'coll-of-another', '~'], ['a ~2F%2f+&=#?'], [], []]);
    });

    it('lists the files directly in a folder, and no folder', async () => {
      for (const one of ['b.json', 'a.json', 'folder/c.json'])
        await opened.writer.create(`direct/${one}`, Buffer.from('1'), 'application/json', never);

      const [here = [], ...none] = await Promise.all(
        ['direct', 'lake', 'lake/db/never'].map((one) => opened.reader.files(one, never)),
      );

      assert.deepEqual(
        here.map(({ path, bytes }) => [path, bytes]),
        [
          ['direct/a.json', 1],
          ['direct/b.json', 1],
        ],
      );
      assert.deepEqual(none, [[], []]);
      assert.equal((await opened.reader.files('', never)).filter(({ path }) => path.startsWith('direct')).length, 0);
    });

    it('reads the exact bytes of a file', async () => {
      for (const [path, content] of Object.entries(files)) assert.equal(await textAt(path), content, path);
    });

    it('reads a range of a file', async () => {
      const path = 'lake/db/coll/hour=10/change-1.json';

      const texts = [
        await textAt(path, { start: 0, end: 1 }),
        await textAt(path, { start: 3, end: 7 }),
        await textAt(path, { start: 8, end: 100 }),
        await textAt(path, { start: 10, end: 11 }),
        await textAt(path, { start: 400, end: 500 }),
      ];

      assert.deepEqual(texts, ['0', '3456', '89', '', '']);
    });

    it('reads nothing of an empty file, whole or in part', async () => {
      await opened.writer.create('empty/file.json', new Uint8Array(), 'application/json', never).catch(() => undefined);

      const whole = await textAt('empty/file.json');

      // An adapter that cannot create an empty file has none.
      assert(whole === '' || whole === undefined, whole);
      assert.equal(await textAt('empty/file.json', { start: 0, end: 5 }), whole);
    });

    it('replaces a file, and creates one that is missing', async () => {
      const path = 'replaced/db/_last_checkpoint';

      for (const content of ['{"version":10}', '{}', '{"version":2000}'])
        await opened.replacer.replace(path, Buffer.from(content), 'application/json', never);

      assert.equal(await textAt(path), '{"version":2000}');
      assert.deepEqual(
        (await listedIn('replaced')).map((file) => file.path),
        [path],
      );
    });

    it('says that a file is missing, also where a range of it is asked for', async () => {
      assert.equal(await textAt('lake/db/coll/missing.json'), undefined);
      assert.equal(await textAt('lake/db/coll/missing.json', { start: 1, end: 2 }), undefined);
      assert.equal(await textAt('lake/never/missing.json'), undefined);
    });

    it('throws where the container is missing', async () => {
      await assert.rejects(opened.missing.read('lake/file.json', never));
      await assert.rejects(opened.missing.folders('lake', never));
      await assert.rejects(opened.missing.files('lake', never));
      await assert.rejects(Array.fromAsync(opened.missing.list('lake', never)));
    });

    it('throws where it is broken off', async () => {
      await assert.rejects(opened.reader.read('lake/db/~/change-6.json', AbortSignal.abort()));
      await assert.rejects(Array.fromAsync(opened.reader.list('lake', AbortSignal.abort())));
    });

    for (const path of ['db/../elsewhere', '/db', 'db/', 'db\\..\\file'])
      it(`refuses the path ${path}`, async () => {
        const refusal = /^Error: Cannot use a path in the lake: /;
        await assert.rejects(opened.reader.read(path, never), refusal);
        await assert.rejects(opened.reader.folders(path, never), refusal);
        await assert.rejects(opened.reader.files(path, never), refusal);
        await assert.rejects(Array.fromAsync(opened.reader.list(path, never)), refusal);
        await assert.rejects(opened.remover.remove(path, never), refusal);
        await assert.rejects(opened.remover.removeEmptyFolder(path, never), refusal);
      });

    it('refuses a range that has no bytes', async () => {
      for (const range of [
        { start: 3, end: 3 },
        { start: 3, end: 2 },
        { start: -1, end: 2 },
        { start: 0.5, end: 2 },
      ])
        await assert.rejects(opened.reader.read('lake/db/~/change-6.json', never, range), RangeError);
    });

    it('removes a file, and only that', async () => {
      const { writer, remover } = opened;
      for (const one of ['removed/a.json', 'removed/a.json.b'])
        await writer.create(one, Buffer.from('1'), 'application/json', never);

      await remover.remove('removed/a.json', never);
      await remover.remove('removed/a.json', never);
      await remover.removeEmptyFolder('removed', never);

      assert.deepEqual(
        (await listedIn('removed')).map(({ path }) => path),
        ['removed/a.json.b'],
      );
      assert.equal(await textAt('removed/a.json'), undefined);
    });

    it('removes a folder when nothing is in it, and writes there again', async () => {
      const { writer, reader, remover } = opened;
      await writer.create('emptied/file.json', Buffer.from('1'), 'application/json', never);

      await remover.remove('emptied/file.json', never);
      await remover.removeEmptyFolder('emptied', never);
      await remover.removeEmptyFolder('emptied', never);

      assert.equal((await reader.folders('', never)).includes('emptied'), false);
      const again = await writer.create('emptied/file.json', Buffer.from('2'), 'application/json', never);
      assert.deepEqual([again, await textAt('emptied/file.json')], ['created', '2']);
    });

    async function listedIn(folder: string, namesBegin?: string): Promise<LakeFile[]> {
      return (await Array.fromAsync(opened.reader.list(folder, never, namesBegin))).flat();
    }

    async function textAt(path: string, range?: { start: number; end: number }): Promise<string | undefined> {
      const bytes = await opened.reader.read(path, never, range);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString();
    }
  });
}

function below(prefix: string): string[] {
  return Object.keys(files)
    .filter((path) => path.startsWith(prefix))
    .toSorted();
}
