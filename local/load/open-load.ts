// Makes a load that can run, from its options and the settings. Each way imports its own code when it is chosen: a
// thread reads the dump with code that this one would only compile.
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSettings, type Settings } from '../../shared/app/settings.ts';
import { openWriter } from '../../shared/lake/open-lake.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import { batchFiles } from './batch-files.ts';
import { cannotLoad } from './cannot-load.ts';
import { storeInLake } from './file-store.ts';
import type { Dump, LoadCounts, LoadWatcher } from './load-dump.ts';
import { loadInThread } from './load-in-thread.ts';
import { bytesOf } from './read-load-options.ts';
import { isRedacted, type Snapshot } from './snapshot.ts';
import { untilWritesEnd } from './until-writes-end.ts';

export interface Asked {
  readonly dumps: readonly Dump[];
  readonly snapshot: Snapshot;
  readonly url: URL | undefined;
}

export type Load = (watcher: LoadWatcher, signal: AbortSignal) => Promise<LoadCounts>;

/** Smaller dumps are loaded before a thread has started. */
const threadBytes = 16 * 1024 * 1024;

/** `pausesMs` are the pauses between the tries. The lake and the receiver each have their own default. */
export async function openLoad(
  asked: Asked,
  environment: Environment,
  pausesMs: readonly number[] | undefined,
): Promise<Load> {
  const { dumps, snapshot, url } = asked;
  if (url !== undefined) {
    const { targetInReceiver } = await import('./target-in-receiver.ts');
    const target = targetInReceiver(url, environment, snapshot, pausesMs);
    const { loadDumps } = await import('./load-dump.ts');
    return (watcher, signal) => loadDumps(dumps, snapshot, target, watcher, signal);
  }
  const read = readSettings(lakeEnvironment(environment));
  if (read.kind === 'invalid') throw cannotLoad(read.problems);
  const { settings } = read;
  const inThread = bytesOf(dumps) >= threadBytes && !isRedacted(snapshot, settings.redactions);
  return inThread ? threadLoad(asked, settings, pausesMs) : await singleLoad(asked, settings, pausesMs);
}

function threadLoad({ dumps, snapshot }: Asked, settings: Settings, pausesMs: readonly number[] | undefined): Load {
  const { lake, naming, documentFormat } = settings;
  return (watcher, signal) =>
    untilWritesEnd((watched) => {
      const openStore = async () =>
        batchFiles(naming, snapshot, storeInLake(watched(await openWriter(lake)), pausesMs));
      return loadInThread({ dumps, snapshot, documentFormat }, openStore, watcher, signal);
    });
}

async function singleLoad(
  { dumps, snapshot }: Asked,
  settings: Settings,
  pausesMs: readonly number[] | undefined,
): Promise<Load> {
  const { targetInLake } = await import('./target-in-lake.ts');
  const { loadDumps } = await import('./load-dump.ts');
  return (watcher, signal) =>
    untilWritesEnd(async (watched) => {
      const target = await targetInLake(settings, snapshot, watched(await openWriter(settings.lake)), pausesMs);
      return await loadDumps(dumps, snapshot, target, watcher, signal);
    });
}
