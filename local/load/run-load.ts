// npm run load: what it was asked for → a dump in the lake.
import { statSync } from 'node:fs';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSettings } from '../../shared/app/settings.ts';
import { readSecret } from '../../shared/http/signature.ts';
import { openWriter } from '../../shared/lake/open-lake.ts';
import { CommandError } from '../command.ts';
import { receiverKey } from '../doctor/receiver/receiver-address.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import type { Progress } from '../progress.ts';
import { type Dump, type LoadCounts, loadDumps } from './load-dump.ts';
import { type EventTarget, LoadStopped, type LoadTarget } from './load-target.ts';
import { readDumps, readNamespace, readTime, readUrl } from './read-load-options.ts';
import { receiverTarget } from './receiver-target.ts';
import type { Snapshot } from './snapshot.ts';
import { targetInLake } from './target-in-lake.ts';
import { throughEvents } from './through-events.ts';

export interface LoadOptions {
  readonly files: readonly string[];
  readonly namespace: string | undefined;
  readonly at: string | undefined;
  readonly shardKey: string | undefined;
  readonly url: string | undefined;
}

export interface Terminal {
  readonly write: (line: string) => void;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** True when every document is in the lake. */
export async function runLoad(options: LoadOptions, environment: Environment, terminal: Terminal): Promise<boolean> {
  const { dumps, snapshot, url } = readOptions(options, new Date());
  const target =
    url === undefined
      ? await openLakeTarget(environment, snapshot)
      : throughEvents(openReceiver(url, environment), snapshot);
  const { write, progress, signal } = terminal;
  const total = dumps.reduce((bytes, { file }) => bytes + statSync(file).size, 0);
  let read = 0;
  let counts: LoadCounts = { documents: 0, stored: 0, alreadyStored: 0, refused: 0 };
  try {
    counts = await loadDumps(
      dumps,
      snapshot,
      target,
      {
        onRead: (bytes) => {
          read += bytes;
          progress.update(read, total, () => summaryOf(counts));
        },
        onLoaded: (now) => {
          counts = now;
          progress.update(read, total, () => summaryOf(counts));
        },
        onRefused: (file, place, reason) => {
          progress.end();
          write(`Refused: ${file}, ${place}: ${reason}`);
        },
      },
      signal,
    );
  } catch (error) {
    progress.end();
    throw explained(error, counts, signal);
  }
  progress.end();
  write(`Loaded ${snapshot.database}.${snapshot.collection}: ${summaryOf(counts)}`);
  return counts.refused === 0;
}

function readOptions(options: LoadOptions, now: Date): Asked {
  const namespace = readNamespace(options.namespace);
  const seconds = readTime(options.at, now);
  const dumps = readDumps(options.files);
  const url = readUrl(options.url);
  const problems = [namespace, seconds, ...dumps, url].filter((one) => typeof one === 'string');
  if (typeof namespace === 'string' || typeof seconds === 'string' || typeof url === 'string' || problems.length > 0)
    throw new CommandError(problems.map((problem) => `Cannot load: ${problem}`).join('\n'));
  const shardKey = (options.shardKey ?? '').split(',').flatMap((field) => field.trim() || []);
  return {
    dumps: dumps.filter((dump) => typeof dump !== 'string'),
    snapshot: { ...namespace, seconds, shardKey },
    url,
  };
}

interface Asked {
  readonly dumps: readonly Dump[];
  readonly snapshot: Snapshot;
  readonly url: URL | undefined;
}

async function openLakeTarget(environment: Environment, snapshot: Snapshot): Promise<LoadTarget> {
  const read = readSettings(lakeEnvironment(environment));
  if (read.kind === 'invalid')
    throw new CommandError(read.problems.map((problem) => `Cannot load: ${problem}`).join('\n'));
  const { settings } = read;
  const lake = await openWriter(settings.lake);
  return await targetInLake(settings, snapshot, lake);
}

function openReceiver(url: URL, environment: Environment): EventTarget {
  const [first] = environment['SIGNING_SECRETS']?.trim().split(/[\s,]+/) ?? [];
  const isUnsigned = first === undefined || first === '' || first === 'none';
  const secret = isUnsigned ? undefined : readSecret(first);
  if (!isUnsigned && secret === undefined)
    throw new CommandError('Cannot load: SIGNING_SECRETS must begin with a "whsec_" secret');
  return receiverTarget({ url, key: receiverKey(environment), secret });
}

/** A fault that the person can fix says what is loaded, and how to go on. */
function explained(error: unknown, counts: LoadCounts, signal: AbortSignal): unknown {
  const rest = `Loaded so far: ${summaryOf(counts)}. The same command completes it`;
  if (signal.aborted) return new CommandError(`Stopped. ${rest}`);
  if (error instanceof DumpFault)
    return new CommandError(
      `Cannot read ${JSON.stringify(error.file)} at ${error.place}: ${error.requirement}\n${rest} once the file is fixed`,
    );
  if (error instanceof LoadStopped) return new CommandError(`Cannot load: ${error.message}\n${rest}`);
  return error;
}

function summaryOf({ documents, stored, alreadyStored, refused }: LoadCounts): string {
  const there = alreadyStored === 0 ? '' : `, ${alreadyStored.toLocaleString('en')} of them there before`;
  const not = refused === 0 ? '' : `, ${refused.toLocaleString('en')} refused`;
  return `${(stored + alreadyStored).toLocaleString('en')} of ${documents.toLocaleString('en')} documents${there}${not}`;
}
