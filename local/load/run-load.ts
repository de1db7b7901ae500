// npm run load: reads the options, and loads the dump.
import type { Environment } from '../../shared/app/setting-reader.ts';
import { CommandError } from '../command.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import { printable } from '../printable.ts';
import type { Progress } from '../progress.ts';
import { Stopped } from '../until-stopped.ts';
import { withCommas } from '../with-commas.ts';
import { cannotLoad } from './cannot-load.ts';
import type { LoadCounts } from './load-dump.ts';
import { LoadStopped } from './load-target.ts';
import { type Asked, openLoad } from './open-load.ts';
import { bytesOf, readDumps, readNamespace, readShardKey, readTime, readUrl } from './read-load-options.ts';

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

/** True if every document is in the lake. */
export async function runLoad(
  options: LoadOptions,
  environment: Environment,
  terminal: Terminal,
  pausesMs?: readonly number[],
): Promise<boolean> {
  const asked = readOptions(options, new Date());
  const { dumps, snapshot } = asked;
  const load = await openLoad(asked, environment, pausesMs);
  const { write, progress, signal } = terminal;
  const total = bytesOf(dumps);
  let read = 0;
  let counts: LoadCounts = { documents: 0, stored: 0, alreadyStored: 0, refused: 0 };
  try {
    counts = await load(
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
          write(printable(`Refused: ${file}, ${place}: ${reason}`));
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
  const shardKey = readShardKey(options.shardKey);
  const problems = [namespace, seconds, ...dumps, url, shardKey].filter((one) => typeof one === 'string');
  const isWrong = typeof namespace === 'string' || typeof seconds === 'string' || typeof shardKey === 'string';
  if (isWrong || typeof url === 'string' || problems.length > 0) throw cannotLoad(problems);
  return {
    dumps: dumps.filter((dump) => typeof dump !== 'string'),
    snapshot: { ...namespace, seconds, shardKey },
    url,
  };
}

/** Describes a fault that the person can fix: what is loaded, and how to continue. */
function explained(error: unknown, counts: LoadCounts, signal: AbortSignal): unknown {
  const rest = `Loaded so far: ${summaryOf(counts)}. The same command completes it`;
  if (signal.aborted) return new Stopped(`Stopped. ${rest}`);
  if (error instanceof DumpFault)
    return new CommandError(
      `Cannot read ${JSON.stringify(error.file)} at ${error.place}: ${error.requirement}\n${rest} once the file is fixed`,
    );
  if (error instanceof LoadStopped) return new CommandError(`Cannot load: ${error.message}\n${rest}`);
  return error;
}

function summaryOf({ documents, stored, alreadyStored, refused }: LoadCounts): string {
  const there = alreadyStored === 0 ? '' : `, ${withCommas(alreadyStored)} of them there before`;
  const not = refused === 0 ? '' : `, ${withCommas(refused)} refused`;
  return `${withCommas(stored + alreadyStored)} of ${withCommas(documents)} documents${there}${not}`;
}
