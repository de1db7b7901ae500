// Nobody listens where the lake or the receiver of a load should be.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { CommandError } from '../../../local/command.ts';
import { type LoadOptions, runLoad } from '../../../local/load/run-load.ts';
import { filesIn, temporaryFolder, unreachableLake } from '../../support/lakes.ts';
import { silentPort } from '../../support/port-of.ts';
import { scriptedReceiver } from '../../support/scripted-receiver.ts';

const nothingLoaded = 'Loaded so far: 0 of 0 documents. The same command completes it';

describe('npm run load, with nobody there', () => {
  for (const [name, documentBytes] of [
    ['one thread', 10],
    // From 16 MB on, a second thread reads the dump.
    ['two threads', 1_000_000],
  ] as const)
    it(`says that the lake takes no files, after its last try: ${name}`, async (t) => {
      const { folder, run } = await dumpOf(t, documentBytes);

      await assert.rejects(
        run({}, unreachableLake, [0, 0]),
        new CommandError(`Cannot load: the lake must take files: RestError ECONNREFUSED\n${nothingLoaded}`),
      );
      assert.equal(await run({}, { LAKE_URL: `file:${join(folder, 'lake')}` }), true);
      assert.equal([...(await filesIn(join(folder, 'lake'))).values()].join('').split('\n').length, 18);
    });

  it('says that the receiver does not answer, after its last try', async (t) => {
    const { run } = await dumpOf(t, 10);
    const url = `http://127.0.0.1:${await silentPort(t)}/api/change-events`;

    await assert.rejects(
      run({ url }, {}, [0, 0]),
      new CommandError(`Cannot load: the receiver must answer: ECONNREFUSED\n${nothingLoaded}`),
    );
    const receiver = await scriptedReceiver(t);
    assert.equal(await run({ url: receiver.url }, {}), true);
    assert.equal(receiver.told.flatMap(({ events }) => events).length, 17);
  });
});

/** A dump of 17 documents. */
async function dumpOf(t: TestContext, documentBytes: number) {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'dump.json');
  const text = 'x'.repeat(documentBytes);
  await writeFile(file, Array.from({ length: 17 }, (_, _id) => JSON.stringify({ _id, text })).join('\n'));
  const run = async (changed: Partial<LoadOptions>, environment: Record<string, string>, pausesMs?: number[]) => {
    const given = { files: [file], namespace: 'shop.orders', at: '2026-11-20T10:00:00Z' };
    const options = { ...given, shardKey: undefined, url: undefined, ...changed };
    const progress = { update: () => undefined, end: () => undefined };
    const { signal } = new AbortController();
    return await runLoad(options, environment, { write: () => undefined, progress, signal }, pausesMs);
  };
  return { folder, run };
}
