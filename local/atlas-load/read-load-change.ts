// Reads what a person asks of a load: --start, --pause, --resume or --restart, with their limits.
import { namespaceIn } from '../atlas-configure/namespace-rules.ts';
import type { Options } from '../command.ts';
import { readShardKey } from '../load/read-load-options.ts';
import type { LoadChange } from './change-loads.ts';

export const changeKinds = ['start', 'pause', 'resume', 'restart'] as const;

export function readLoadChange(options: Options, problems: string[]): LoadChange | undefined {
  const given = changeKinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (given.length > 1)
    problems.push(`only one of ${given.map((one) => `--${one}`).join(', ')} must be given: there are ${given.length}`);
  const { rate } = options;
  const shardKey = readShardKey(options['shard-key']);
  if (rate !== undefined && (kind === undefined || kind === 'pause'))
    problems.push('--rate must come with --start, --resume or --restart: they are missing');
  if (typeof shardKey === 'string') problems.push(shardKey);
  if (options['shard-key'] !== undefined && kind !== 'start' && kind !== 'restart')
    problems.push('--shard-key must come with --start or --restart: both are missing');
  if (rate !== undefined && !(Number(rate) > 0 && Number.isFinite(Number(rate))))
    problems.push(`--rate must be a number above 0: it is ${JSON.stringify(rate)}`);
  if (kind === undefined) return undefined;
  const namespace = namespaceIn(`--${kind}`, options[kind] ?? '');
  if (typeof namespace === 'string') problems.push(namespace);
  if (typeof namespace === 'string' || typeof shardKey === 'string') return undefined;
  return {
    kind,
    ...namespace,
    ...(rate === undefined ? {} : { documentsPerSecond: Number(rate) }),
    ...(shardKey.length === 0 ? {} : { shardKey }),
  };
}
