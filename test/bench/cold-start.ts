// The time from the start of a process to its first answer: the cost of the first event on a new instance. The
// runtime's own time is not included.
import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { createInterface } from 'node:readline';
import type { Apps } from './apps.ts';
import { nextEvent } from './events.ts';
import { answerTo } from './load.ts';

export interface ColdStarts {
  readonly bundleMs: readonly number[];
  readonly unbundledMs: readonly number[];
}

export async function coldStarts(
  { ours, unbundled, worker }: Apps,
  environment: Readonly<Record<string, string>>,
  rounds: number,
): Promise<ColdStarts> {
  const times = { bundleMs: [] as number[], unbundledMs: [] as number[] };
  // The first start of each reads the files from the disk, so it does not count.
  for (const app of [ours, unbundled]) await firstAnswerMs(worker, app, environment);
  for (let round = 0; round < rounds; round++) {
    times.bundleMs.push(await firstAnswerMs(worker, ours, environment));
    times.unbundledMs.push(await firstAnswerMs(worker, unbundled, environment));
  }
  return times;
}

async function firstAnswerMs(
  worker: string,
  app: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const agent = new Agent();
  const began = performance.now();
  const child = spawn(process.execPath, [worker, app], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await addressIn(child.stdout);
    const headers = { 'content-type': 'application/json' };
    const { status } = await answerTo({ url, method: 'POST', agent, headers }, nextEvent());
    if (status !== 200) throw new Error(`Cannot measure: the first event must be stored: it is answered ${status}`);
    return performance.now() - began;
  } finally {
    child.kill('SIGKILL');
  }
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const url = /listens on (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('Cannot measure: the app must say where it listens: it ended');
}
