import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { DumpFault } from '../../../local/dump/dump-fault.ts';
import { batchFiles } from '../../../local/load/batch-files.ts';
import { type FileStore, storeInLake } from '../../../local/load/file-store.ts';
import { type LoadCounts, type LoadWatcher, loadDumps } from '../../../local/load/load-dump.ts';
import { loadInThread } from '../../../local/load/load-in-thread.ts';
import { LoadStopped } from '../../../local/load/load-target.ts';
import { targetInLake } from '../../../local/load/target-in-lake.ts';
import { settingsWith } from '../../support/deliveries.ts';
import { failing, temporaryFolder } from '../../support/lakes.ts';
import { type MemoryLake, memoryLake } from '../../support/memory-lake.ts';
import { never } from '../../support/never.ts';

const snapshot = { database: 'shop', collection: 'orders', seconds: 1_795_169_730, shardKey: [] };
const settings = settingsWith({});
const { naming, documentFormat } = settings;
const quiet: LoadWatcher = { onRead: () => undefined, onLoaded: () => undefined, onRefused: () => undefined };

describe('loadInThread()', () => {
  it('writes the same files as one thread, also where the lake needs a second try', async (t) => {
    const { dumps } = await dumpOf(t, documents(0, 2500));
    const [one, two] = [memoryLake(), memoryLake()];
    let faults = 2;
    const unsteady = failing(two, () => (faults-- > 0 ? new Error('no answer') : undefined));
    let read = 0;
    let loaded: LoadCounts | undefined;
    const watcher = {
      ...quiet,
      onRead: (bytes: number) => {
        read += bytes;
      },
      onLoaded: (counts: LoadCounts) => {
        loaded = counts;
      },
    };

    await loadDumps(dumps, snapshot, await targetInLake(settings, snapshot, one), quiet, never);
    const counts = await inThread(dumps, storeInLake(unsteady, [0, 0]), never, watcher);

    assert.deepEqual(counts, { documents: 2500, stored: 2500, alreadyStored: 0, refused: 0 });
    assert.deepEqual(loaded, counts);
    assert.equal(read, documents(0, 2500).join('\n').length);
    assert.equal(two.files.size, 3);
    assert.deepEqual(namesAndDigests(two), namesAndDigests(one));
  });

  it('names the place that cannot be read, after what comes before it is loaded', async (t) => {
    const { file, dumps } = await dumpOf(t, [...documents(0, 1200), '{"_id":']);
    const lake = memoryLake();

    const loading = inThread(dumps, storeInLake(lake), never);

    await assert.rejects(
      loading,
      (error) => error instanceof DumpFault && error.place === 'line 1201' && error.file === file,
    );
    assert.equal(lake.files.size, 2);
  });

  it('stops where the lake takes no files', async (t) => {
    const { dumps } = await dumpOf(t, documents(0, 3));
    const lake = failing(memoryLake(), () => new Error('no answer'));

    await assert.rejects(inThread(dumps, storeInLake(lake, []), never), LoadStopped);
  });

  it('ends with the fault of a lake that cannot be opened, or of a file that is gone', async (t) => {
    const { file, dumps } = await dumpOf(t, documents(0, 3));
    const closed = () => Promise.reject(new Error('no lake'));

    await assert.rejects(loadInThread({ dumps, snapshot, documentFormat }, closed, quiet, never), /no lake/);
    const gone = [{ file: `${file}.gone.json`, format: 'json' as const }];
    await assert.rejects(inThread(gone, storeInLake(memoryLake()), never), /ENOENT/);
  });

  it('stops at once by its signal, and what is durable stays', async (t) => {
    const { dumps } = await dumpOf(t, documents(0, 5000));
    const lake = memoryLake();
    const stop = new AbortController();
    const store: FileStore = async (file, signal) => {
      if (lake.files.size === 2) {
        stop.abort(new Error('stopped'));
        await pause(60_000, undefined, { signal });
      }
      return await storeInLake(lake)(file, signal);
    };

    await assert.rejects(inThread(dumps, store, stop.signal), /stopped/);
    assert.equal(lake.files.size, 2);
    const counts = await inThread(dumps, storeInLake(lake), never);
    assert.deepEqual(counts, { documents: 5000, stored: 3000, alreadyStored: 2000, refused: 0 });
  });
});

function inThread(dumps: Parameters<typeof loadDumps>[0], store: FileStore, signal: AbortSignal, watcher = quiet) {
  const openStore = async () => batchFiles(naming, snapshot, store);
  return loadInThread({ dumps, snapshot, documentFormat }, openStore, watcher, signal);
}

/** Short, so that a difference can be shown. */
function namesAndDigests({ files }: MemoryLake): string[] {
  return [...files].map(([path, content]) => `${path} ${hash('sha256', content)}`).toSorted();
}

function documents(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify({ _id: first + index, text: 'x'.repeat(20) }));
}

async function dumpOf(t: TestContext, lines: readonly string[]) {
  const file = join(await temporaryFolder(t), 'dump.json');
  await writeFile(file, lines.join('\n'));
  return { file, dumps: [{ file, format: 'json' as const }] };
}
