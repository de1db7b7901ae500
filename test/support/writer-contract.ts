// THE contract of the port in shared/lake/lake.ts. Every lake passes it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { never } from './never.ts';

export interface WriterUnderTest {
  readonly lake: LakeWriter;
  /** A lake of the same kind without its container. */
  readonly missing: LakeWriter;
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Every path that is not empty. */
  readonly names: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Long enough for any write here. A test that reaches it fails. */
export function describeWriter(name: string, open: () => Promise<WriterUnderTest>): void {
  describe(`${name} keeps the contract of the lake`, () => {
    let opened: WriterUnderTest;
    before(async () => {
      opened = await open();
    });
    after(() => opened.close());

    it('keeps the exact bytes', async () => {
      const content = Buffer.from('{"title":"Größe – 東京 🎬","raw":"\u0000\u001f"}\n');

      const result = await opened.lake.create('db/exact.json', content, 'application/json', never);

      assert.equal(result, 'created');
      assert.deepEqual(await bytesAt('db/exact.json'), content);
    });

    it('keeps the exact bytes of a file of 20 MB', async () => {
      const content = randomBytes(20 * 1024 * 1024);

      await opened.lake.create('db/large.json', content, 'application/json', never);

      assert.equal((await bytesAt('db/large.json')).equals(content), true);
    });

    it('keeps every name that an event can be given', async () => {
      const path = "a ~2F%2f+&=#?/year=2026/it's (1)~é-東-🎬.json";

      await opened.lake.create(path, Buffer.from('named'), 'application/json', never);

      assert.equal((await bytesAt(path)).toString(), 'named');
    });

    it('keeps what the first writer wrote', async () => {
      await opened.lake.create('db/first.json', Buffer.from('first'), 'application/json', never);

      const results = [
        await opened.lake.create('db/first.json', Buffer.from('second, and longer'), 'application/json', never),
        await opened.lake.create('db/first.json', Buffer.from('3'), 'application/json', never),
      ];

      assert.deepEqual(results, ['exists', 'exists']);
      assert.equal((await bytesAt('db/first.json')).toString(), 'first');
    });

    it('lets exactly one of 20 simultaneous writers win, with the whole of its content', async () => {
      const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(10_000 + index, 65 + index));

      const results = await Promise.all(
        contents.map((content) => opened.lake.create('db/raced.json', content, 'application/json', never)),
      );

      assert.deepEqual(results.toSorted(), ['created', ...Array.from({ length: 19 }, () => 'exists')]);
      assert.deepEqual(await bytesAt('db/raced.json'), contents[results.indexOf('created')]);
    });

    it('writes many files at once', async () => {
      const paths = Array.from({ length: 100 }, (_, index) => `many/hour=${index % 10}/${index}.json`);

      const results = await Promise.all(
        paths.map((path) => opened.lake.create(path, Buffer.from(path), 'application/json', never)),
      );

      assert.deepEqual([...new Set(results)], ['created']);
      for (const path of paths) assert.equal((await bytesAt(path)).toString(), path);
    });

    it('throws when the place to write to is not there', async () => {
      const creating = opened.missing.create('db/lost.json', Buffer.from('lost'), 'application/json', never);

      await assert.rejects(creating);
    });

    it('throws when it is broken off, and a later delivery stores the file', async () => {
      const creating = opened.lake.create(
        'db/aborted.json',
        Buffer.from('aborted'),
        'application/json',
        AbortSignal.abort(),
      );

      await assert.rejects(creating);
      assert.equal(await opened.read('db/aborted.json'), undefined);
      assert.equal(
        await opened.lake.create('db/aborted.json', Buffer.from('later'), 'application/json', never),
        'created',
      );
      assert.equal((await bytesAt('db/aborted.json')).toString(), 'later');
    });

    for (const [kind, path] of refusedPaths) {
      it(`refuses a path with ${kind}, and writes nothing`, async () => {
        const before = await opened.names();

        const creating = opened.lake.create(path, Buffer.from('refused'), 'application/json', never);

        await assert.rejects(creating, /^Error: Cannot use a path in the lake: /);
        assert.deepEqual(await opened.names(), before);
      });
    }

    it('takes the longest and the deepest path', async () => {
      const deepest = Array.from({ length: 59 }, (_, level) => `${level}`).join('/');
      const longest = Array.from({ length: 8 }, (_, level) => `${level}`.repeat(127)).join('/');
      const paths = [deepest, `${longest}x`];

      for (const path of paths) {
        assert.equal(await opened.lake.create(path, Buffer.from('at the limit'), 'application/json', never), 'created');
        assert.equal((await bytesAt(path)).toString(), 'at the limit');
      }
    });

    it('answers a check', async () => {
      await opened.lake.check(never);
    });

    it('throws at a check when the place to write to is not there', async () => {
      const checking = opened.missing.check(never);

      await assert.rejects(checking);
    });

    async function bytesAt(path: string): Promise<Buffer> {
      const bytes = await opened.read(path);
      assert.notEqual(bytes, undefined, `nothing at ${path}`);
      return Buffer.from(bytes ?? []);
    }
  });
}

const refusedPaths = [
  ['a level ".."', 'db/../elsewhere.json'],
  ['a level "."', 'db/./here.json'],
  ['an empty level', 'db//file.json'],
  ['a slash before it', '/db/file.json'],
  ['a slash behind it', 'db/file/'],
  ['nothing in it', ''],
  ['a dot at the end', 'db/file.'],
  ['a dot at the end of a level', 'db./file.json'],
  ['a backslash', 'db\\..\\file.json'],
  ['a line feed', 'db/a\nb.json'],
  ['a NUL', 'db/a\u0000b.json'],
  ['half a surrogate pair', 'db/\ud83c.json'],
  ['1,025 characters', `${'level/'.repeat(50)}`.padEnd(1025, 'x')],
  ['60 levels', Array.from({ length: 60 }, () => 'a').join('/')],
] as const;
