// The lake refuses what npm run verify -- --repair writes.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { command as load } from '../../../local/commands/load.ts';
import { command as verify } from '../../../local/commands/verify.ts';
import { root } from '../../../local/paths.ts';
import { blobStorage } from '../../bench/blob-storage.ts';
import { performed } from '../../support/commands.ts';
import { filesIn, temporaryFolder } from '../../support/lakes.ts';
import { spawned } from '../../support/spawned.ts';
import { forwardTo, refusal, served } from '../../support/storage-faults.ts';

/** The pauses between the tries take a twentieth of their time. */
const quickly = { NODE_OPTIONS: `--import ${join(root, 'test/support/quick-time.ts')}` };

describe('npm run verify -- --repair, where the lake refuses to write', () => {
  for (const [what, written] of [
    ['all files', 0],
    ['all files but the first', 500],
  ] as const)
    it(`ends with 2, claims only what is durable, and the same command writes the others: ${what}`, async (t) => {
      const storage = await blobStorage(0);
      t.after(storage.close);
      const options = await differing(t, storage.environment);
      const before = new Map(storage.blobs);
      const { origin, pathname } = new URL(storage.environment['LAKE_URL'] ?? '');
      const forward = forwardTo(origin);
      let puts = 0;
      const front = await served(t, async (request) => {
        if (request.method === 'PUT' && puts++ * 500 >= written) return refusal(403, 'AuthorizationPermissionMismatch');
        return await forward(request);
      });

      const environment = { ...storage.environment, ...quickly, LAKE_URL: `${front}${pathname}` };
      const { code, output, printed } = await spawned('verify', environment, ...options, '--repair', '--yes', '--json');

      assert.equal(code, 2);
      const refused = 'Cannot repair: the lake must take files: RestError AuthorizationPermissionMismatch 403';
      assert.ok(
        output.endsWith(`\n${refused}\nWritten so far: ${written} events. The same command writes the others\n`),
        output,
      );
      const { missing, extra, different } = JSON.parse(printed);
      assert.deepEqual([missing, extra, different], [1199, 1, 1]);
      assert.equal(linesIn(storage.blobs) - linesIn(before), written);
      await repaired(storage.environment, options);
      assert.equal(linesIn(storage.blobs) - linesIn(before), 1201);
    });

  it('does the same for a folder that takes no files', async (t) => {
    const folder = await temporaryFolder(t);
    const environment = { LAKE_URL: `file:${folder}` };
    const options = await differing(t, environment);
    const before = await filesIn(folder);
    await rm(join(folder, '.staging'), { recursive: true, force: true });
    await writeFile(join(folder, '.staging'), '');

    const { code, output } = await spawned('verify', { ...environment, ...quickly }, ...options, '--repair', '--yes');

    assert.equal(code, 2);
    assert.match(output, /\nCannot repair: the lake must take files: Error E\w+\nWritten so far: 0 events\. The same/);
    await rm(join(folder, '.staging'));
    assert.deepEqual(await filesIn(folder), before);
    await repaired(environment, options);
  });
});

/** A lake that has other documents than the dump. Returns the options that compare both. */
async function differing(t: TestContext, environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const dump = join(await temporaryFolder(t), 'dump.json');
  const options = ['--file', dump, '--namespace', 'shop.orders'];
  await writeFile(dump, '{"_id":0,"n":1}\n{"_id":"extra"}');
  assert.equal((await performed(load, environment, ...options, '--at', '2026-11-20T10:00:00Z')).code, 0);
  await writeFile(dump, Array.from({ length: 1200 }, (_, _id) => JSON.stringify({ _id })).join('\n'));
  return options;
}

async function repaired(environment: Readonly<Record<string, string>>, options: readonly string[]): Promise<void> {
  const { code, output } = await performed(verify, environment, ...options, '--repair', '--yes');
  assert.equal(code, 0, output);
  assert.equal((await performed(verify, environment, ...options)).code, 0);
}

function linesIn(files: ReadonlyMap<string, Uint8Array>): number {
  return (
    [...files.values()]
      .map((content) => Buffer.from(content).toString())
      .join('')
      .split('\n').length - 1
  );
}
