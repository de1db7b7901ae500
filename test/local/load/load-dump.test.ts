import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { DumpFault } from '../../../local/dump/dump-fault.ts';
import { type LoadWatcher, loadDumps } from '../../../local/load/load-dump.ts';
import { type LoadedBatch, LoadStopped, type LoadTarget } from '../../../local/load/load-target.ts';
import { temporaryFolder } from '../../support/lakes.ts';
import { targetOf } from '../../support/load-target.ts';
import { never } from '../../support/never.ts';

const snapshot = { database: 'shop', collection: 'orders', seconds: 1_795_169_730, shardKey: [] };
const quiet: LoadWatcher = { onRead: () => undefined, onLoaded: () => undefined, onRefused: () => undefined };

describe('loadDumps()', () => {
  it('gives each document of each file to the target once, in batches of a thousand', async (t) => {
    const dumps = [await dumpOf(t, documents(0, 2500)), await dumpOf(t, documents(2500, 10))];
    const target = recording();

    const counts = await loadDumps(dumps, snapshot, target, quiet, never);

    assert.deepEqual(counts, { documents: 2510, stored: 2510, alreadyStored: 0, refused: 0 });
    assert.deepEqual(target.batches.map(({ length }) => length).toSorted(), [10, 1000, 1000, 500].toSorted());
    assert.equal(new Set(target.batches.flat()).size, 2510);
  });

  it('cuts the same batches each time', async (t) => {
    const dump = await dumpOf(t, documents(0, 1500));
    const [once, again] = [recording(), recording()];

    await loadDumps([dump], snapshot, once, quiet, never);
    await loadDumps([dump], snapshot, again, quiet, never);

    assert.deepEqual(again.batches, once.batches);
  });

  it('begins a new batch where one would pass 8 MB', async (t) => {
    const large = Array.from({ length: 5 }, (_, _id) => JSON.stringify({ _id, text: 'x'.repeat(3_000_000) }));
    const target = recording();

    await loadDumps([await dumpOf(t, large)], snapshot, target, quiet, never);

    assert.deepEqual(
      target.batches.map(({ length }) => length),
      [2, 2, 1],
    );
  });

  it('holds at most 16 MB of events under way', async (t) => {
    const large = Array.from({ length: 6 }, (_, _id) => JSON.stringify({ _id, text: 'x'.repeat(7_000_000) }));
    let bytes = 0;
    let most = 0;
    const target = targetOf(async (documents) => {
      const length = documents.reduce((sum, { text }) => sum + text.length, 0);
      bytes += length;
      most = Math.max(most, bytes);
      await nothingIsRead();
      bytes -= length;
      return storedAll(documents);
    });

    await loadDumps([await dumpOf(t, large)], snapshot, target, quiet, never);

    assert(most > 14_000_000, 'two batches are under way');
    assert(most <= 16 * 1024 * 1024, 'a third is not');
  });

  it('loads what comes before a fault, and names its file and line', async (t) => {
    const dump = await dumpOf(t, [...documents(0, 1200), '{"_id":']);
    const target = recording();

    const loading = loadDumps([dump], snapshot, target, quiet, never);

    await assert.rejects(loading, (error) => error instanceof DumpFault && error.place === 'line 1201');
    assert.equal(target.batches.flat().length, 1200);
  });

  it('refuses a document without an "_id", and names its line', async (t) => {
    const dump = await dumpOf(t, ['{"_id":1}', '{"id":2}']);

    const loading = loadDumps([dump], snapshot, recording(), quiet, never);

    await assert.rejects(loading, (error) => error instanceof DumpFault && error.place === 'line 2');
  });

  it('stops at the first batch that the target does not take', async (t) => {
    let tries = 0;
    const target = targetOf(async () => {
      tries++;
      throw new LoadStopped('the lake must answer');
    });

    const loading = loadDumps([await dumpOf(t, documents(0, 100_000))], snapshot, target, quiet, never);

    await assert.rejects(loading, LoadStopped);
    assert(tries < 100, 'the rest of the dump is not tried');
  });

  it('names the documents that the target refuses, and goes on', async (t) => {
    const refused: string[] = [];
    const target = targetOf(async (documents) => {
      const place = documents[1]?.place ?? '';
      return { stored: 2, alreadyStored: 0, refused: [{ place, reason: 'too large' }] };
    });
    const watcher: LoadWatcher = { ...quiet, onRefused: (_, place, reason) => refused.push(`${place}: ${reason}`) };

    const counts = await loadDumps([await dumpOf(t, documents(0, 3))], snapshot, target, watcher, never);

    assert.deepEqual(refused, ['line 2: too large']);
    assert.deepEqual(counts, { documents: 3, stored: 2, alreadyStored: 0, refused: 1 });
  });
});

function recording(): LoadTarget & { readonly batches: string[][] } {
  const batches: string[][] = [];
  const target = targetOf(async (documents) => {
    batches.push(documents.map(({ text }) => text));
    return storedAll(documents);
  });
  return { ...target, batches };
}

/** A load that waits for its target reads no file. */
async function nothingIsRead(): Promise<void> {
  do await turn();
  while (process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq')));
}

function storedAll({ length }: readonly unknown[]): LoadedBatch {
  return { stored: length, alreadyStored: 0, refused: [] };
}

function documents(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify({ _id: first + index }));
}

async function dumpOf(t: TestContext, lines: readonly string[]) {
  const file = join(await temporaryFolder(t), 'dump.json');
  await writeFile(file, lines.join('\n'));
  return { file, format: 'json' as const };
}
