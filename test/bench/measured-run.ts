// Runs a program over a storage in a separate process. Measures time, CPU time, memory and requests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { root } from '../../local/paths.ts';
import type { BlobStorage } from './blob-storage.ts';

export interface Run {
  /** As the program prints it. */
  readonly seconds: number;
  /** Includes its start. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly requests: number;
}

export const noStorage = { environment: {}, requests: () => 0 };

type Storage = Pick<BlobStorage, 'environment' | 'requests'>;

/** `args` are a script that prints an object with its `seconds`. It has a heap of 512 MB. */
export async function measuredRun(storage: Storage, args: readonly string[]): Promise<Run> {
  const { output, ...run } = await measuredProgram(storage, ['--max-old-space-size=512', ...args]);
  const { seconds } = JSON.parse(output);
  return { seconds, ...run };
}

export async function measuredProgram(
  { environment, requests }: Storage,
  args: readonly string[],
): Promise<Omit<Run, 'seconds'> & { readonly output: string }> {
  const before = requests();
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', './test/bench/report-usage.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const channel = child.stdio[3];
  if (!(channel instanceof Readable) || child.stdout === null)
    throw new Error('Cannot measure: the program must have a fourth channel');
  const [output, usage, [code]] = await Promise.all([text(child.stdout), text(channel), once(child, 'exit')]);
  if (code !== 0) throw new Error(`Cannot measure: "${args.join(' ')}" must end well: it ended with ${code}`);
  const { cpuSeconds, megabytes } = JSON.parse(usage);
  const wallSeconds = (performance.now() - started) / 1000;
  return { wallSeconds, cpuSeconds, megabytes, requests: requests() - before, output };
}
