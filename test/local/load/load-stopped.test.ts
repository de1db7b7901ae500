// Ctrl-C of npm run load, in a process as a person has it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { it, type TestContext } from 'node:test';
import { perform } from '../../../local/command.ts';
import { command } from '../../../local/commands/load.ts';
import { blobStorage } from '../../bench/blob-storage.ts';
import { performed } from '../../support/commands.ts';
import { temporaryFolder } from '../../support/lakes.ts';
import { started } from '../../support/spawned.ts';
import { forwardTo, served } from '../../support/storage-faults.ts';

it('npm run load ends with 130 at Ctrl-C, says what is loaded, and completes it with the same command', async (t) => {
  const storage = await blobStorage(0);
  t.after(storage.close);
  const { origin, pathname } = new URL(storage.environment['LAKE_URL'] ?? '');
  const forward = forwardTo(origin);
  const isHeld = Promise.withResolvers<void>();
  let puts = 0;
  // Three files are durable. The storage never answers for the others.
  const front = await served(t, async (request) => {
    const answer = ++puts <= 3 ? await forward(request) : undefined;
    if (puts > 3 && storage.blobs.size === 3) isHeld.resolve();
    return answer ?? (await new Promise(() => undefined));
  });
  const options = await dumpOf(await temporaryFolder(t), 17_000);

  const child = started('load', { ...storage.environment, LAKE_URL: `${front}${pathname}` }, ...options);
  const said = Promise.all([child.stdout, child.stderr].map((stream) => stream && text(stream)));
  await isHeld.promise;
  child.kill('SIGINT');

  assert.deepEqual(await once(child, 'exit'), [130, null]);
  const [printed, noted] = await said;
  assert.equal(printed, '');
  assert.match(noted ?? '', /^Stopped\. Loaded so far: [\d,]+ of [\d,]+ documents\. The same command completes it\n$/);
  const durable = new Map(storage.blobs);
  assert.equal(durable.size, 3);

  const again = await performed(command, storage.environment, ...options);

  assert.equal(again.output, 'Loaded shop.orders: 17,000 of 17,000 documents, 3,000 of them there before\n');
  assert.equal(again.code, 0);
  for (const [path, content] of durable) assert.equal(storage.blobs.get(path), content, path);
  const lines = [...storage.blobs.values()].flatMap((content) => Buffer.from(content).toString().trim().split('\n'));
  assert.equal(new Set(lines.map((line) => JSON.parse(line).sequence)).size, 17_000);
});

it('npm run load leaves no temporary file of its own at Ctrl-C: with a second thread', async (t) => {
  const { folder, staging, areWritten } = await watchedLake(t, 3);
  const options = await dumpOf(folder, 17_000);

  const child = started('load', { LAKE_URL: `file:${join(folder, 'lake')}` }, ...options);
  await areWritten;
  child.kill('SIGINT');

  assert.deepEqual(await once(child, 'exit'), [130, null]);
  assert.deepEqual(await readdir(staging), []);
});

const REDACT_KEY = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
for (const [way, redaction] of [
  ['with one thread', {}],
  ['with redaction', { REDACT: 'shop.orders: secret', REDACT_KEY }],
] as const)
  it(`npm run load leaves no temporary file of its own at Ctrl-C: ${way}`, async (t) => {
    const { folder, staging, areWritten } = await watchedLake(t, 1);
    const options = await dumpOf(folder, 3_000);
    const environment = { LAKE_URL: `file:${join(folder, 'lake')}`, ...redaction };
    const notes: string[] = [];

    const around = { environment, write: () => undefined, note: (line: string) => notes.push(line) };
    const code = await perform(command, options, { ...around, stopped: () => areWritten });

    assert.deepEqual(await readdir(staging), []);
    assert.equal(code, 130, notes.join());
  });

/** Resolves when this many temporary files have appeared. */
async function watchedLake(t: TestContext, files: number) {
  const folder = await temporaryFolder(t);
  const staging = join(folder, 'lake', '.staging');
  await mkdir(staging, { recursive: true });
  const { promise: areWritten, resolve } = Promise.withResolvers<void>();
  const names = new Set<string | null>();
  const watcher = watch(staging, (_, name) => names.add(name).size === files && resolve());
  t.after(() => watcher.close());
  return { folder, staging, areWritten };
}

/** From 16 MB on, a second thread reads the dump. A document has a kilobyte. */
async function dumpOf(folder: string, count: number): Promise<string[]> {
  const file = join(folder, 'dump.json');
  const documents = Array.from({ length: count }, (_, _id) => JSON.stringify({ _id, text: 'x'.repeat(1000) }));
  await writeFile(file, documents.join('\n'));
  return ['--file', file, '--namespace', 'shop.orders', '--at', '2026-11-20T10:00:00Z'];
}
