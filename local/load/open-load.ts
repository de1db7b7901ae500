// Makes a load that can run, from its options and the settings.
import { type Environment, settingReader } from '../../shared/app/setting-reader.ts';
import { readSettings, readSigningSecrets, type Settings } from '../../shared/app/settings.ts';
import { openWriter } from '../../shared/lake/open-lake.ts';
import { CommandError } from '../command.ts';
import { receiverKey } from '../doctor/receiver/receiver-address.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import { batchFiles } from './batch-files.ts';
import { storeInLake } from './file-store.ts';
import { type Dump, type LoadCounts, type LoadWatcher, loadDumps } from './load-dump.ts';
import { loadInThread } from './load-in-thread.ts';
import type { EventTarget } from './load-target.ts';
import { bytesOf } from './read-load-options.ts';
import { receiverTarget } from './receiver-target.ts';
import { isRedacted, type Snapshot } from './snapshot.ts';
import { targetInLake } from './target-in-lake.ts';
import { throughEvents } from './through-events.ts';

export interface Asked {
  readonly dumps: readonly Dump[];
  readonly snapshot: Snapshot;
  readonly url: URL | undefined;
}

export type Load = (watcher: LoadWatcher, signal: AbortSignal) => Promise<LoadCounts>;

/** Smaller dumps are loaded before a thread has started. */
const threadBytes = 16 * 1024 * 1024;

/** `pausesMs` are the pauses between the tries. The lake and the receiver each have their own default. */
export function openLoad(asked: Asked, environment: Environment, pausesMs: readonly number[] | undefined): Load {
  const { dumps, snapshot, url } = asked;
  if (url !== undefined) {
    const target = throughEvents(openReceiver(url, environment, pausesMs), snapshot);
    return (watcher, signal) => loadDumps(dumps, snapshot, target, watcher, signal);
  }
  const read = readSettings(lakeEnvironment(environment));
  if (read.kind === 'invalid') throw cannotLoad(read.problems);
  return loadIntoLake(asked, read.settings, pausesMs);
}

function loadIntoLake({ dumps, snapshot }: Asked, settings: Settings, pausesMs: readonly number[] | undefined): Load {
  const { naming, documentFormat, redactions } = settings;
  if (bytesOf(dumps) < threadBytes || isRedacted(snapshot, redactions))
    return async (watcher, signal) => {
      const target = await targetInLake(settings, snapshot, await openWriter(settings.lake), pausesMs);
      return await loadDumps(dumps, snapshot, target, watcher, signal);
    };
  const openStore = async () => batchFiles(naming, snapshot, storeInLake(await openWriter(settings.lake), pausesMs));
  const work = { dumps, snapshot, documentFormat };
  return (watcher, signal) => loadInThread(work, openStore, watcher, signal);
}

function openReceiver(url: URL, environment: Environment, pausesMs: readonly number[] | undefined): EventTarget {
  const read = settingReader(environment);
  const [secret] = readSigningSecrets(read);
  if (read.problems.length > 0) throw cannotLoad(read.problems);
  return receiverTarget({ url, key: receiverKey(environment), secret }, pausesMs);
}

function cannotLoad(problems: readonly string[]): CommandError {
  return new CommandError(problems.map((problem) => `Cannot load: ${problem}`).join('\n'));
}
