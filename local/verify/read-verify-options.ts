// Reads the options of `npm run verify`, or names every problem at once.
import { CommandError } from '../command.ts';
import type { Dump } from '../load/load-dump.ts';
import {
  type Namespace,
  problemWithFile,
  readDumps,
  readNamespace,
  readShardKey,
  readTime,
} from '../load/read-load-options.ts';
import type { Scope } from './fingerprints.ts';

export interface VerifyOptions {
  readonly files: readonly string[];
  readonly expect: string | undefined;
  readonly namespace: string | undefined;
  readonly at: string | undefined;
  readonly shardKey: string | undefined;
  readonly json: boolean;
  readonly repair: boolean;
  readonly yes: boolean;
}

export interface Asked {
  readonly namespace: Namespace;
  readonly dumps: readonly Dump[];
  readonly expect: string | undefined;
  readonly unchangedSince: number | undefined;
  readonly shardKey: readonly string[];
  /** When the command began. */
  readonly begun: Date;
}

export function readVerifyOptions(options: VerifyOptions, now: Date): Asked {
  const namespace = readNamespace(options.namespace);
  const unchangedSince = options.at === undefined ? undefined : readTime(options.at, now);
  const shardKey = readShardKey(options.shardKey);
  const both = options.expect !== undefined && options.files.length > 0;
  const dumps = options.expect === undefined || both ? readDumps(options.files) : [];
  const unreadable = options.expect === undefined ? undefined : problemWithFile('--expect', options.expect);
  const problems = [
    namespace,
    unchangedSince,
    shardKey,
    ...dumps,
    unreadable,
    ...(both ? ['--file and --expect must not both be given'] : []),
    ...(options.yes && !options.repair ? ['--yes must come with --repair: it is missing'] : []),
  ].filter((one) => typeof one === 'string');
  const isWrong = typeof namespace === 'string' || typeof unchangedSince === 'string' || typeof shardKey === 'string';
  if (isWrong || problems.length > 0)
    throw new CommandError(problems.map((problem) => `Cannot verify: ${problem}`).join('\n'));
  return {
    namespace,
    dumps: dumps.filter((dump) => typeof dump !== 'string'),
    expect: options.expect,
    unchangedSince,
    shardKey,
    begun: now,
  };
}

export function scopeOf({ expect, unchangedSince }: Asked): Scope {
  return { idsOnly: expect !== undefined, unchangedSince };
}
