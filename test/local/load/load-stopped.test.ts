// Ctrl-C of npm run load, in a process as a person has it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { it } from 'node:test';
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
  // From 16 MB on, a second thread reads the dump.
  const file = join(await temporaryFolder(t), 'dump.json');
  const documents = Array.from({ length: 17_000 }, (_, _id) => JSON.stringify({ _id, text: 'x'.repeat(1000) }));
  await writeFile(file, documents.join('\n'));
  const options = ['--file', file, '--namespace', 'shop.orders', '--at', '2026-11-20T10:00:00Z'];

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
