// From the start of a process to its first answer: what the first event pays on a new instance. The runtime's own time is not in it.
import { changeEvents, textOf } from '../support/change-events.ts';
import { runWorker } from '../support/running-receiver.ts';
import type { Apps } from './apps.ts';

export interface ColdStarts {
  readonly bundleMs: readonly number[];
  readonly unbundledMs: readonly number[];
}

export async function coldStarts(
  { ours, unbundled }: Apps,
  environment: Readonly<Record<string, string>>,
  rounds: number,
): Promise<ColdStarts> {
  const times = { bundleMs: [] as number[], unbundledMs: [] as number[] };
  // The first of each reads the files from the disk: what it takes is the disk's business.
  for (const app of [ours, unbundled]) await firstAnswerMs(app, environment);
  for (let round = 0; round < rounds; round++) {
    times.bundleMs.push(await firstAnswerMs(ours, environment));
    times.unbundledMs.push(await firstAnswerMs(unbundled, environment));
  }
  return times;
}

async function firstAnswerMs(app: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const ends: (() => unknown)[] = [];
  const began = performance.now();
  const worker = await runWorker({ after: (end: () => unknown) => void ends.push(end) }, { ...environment }, app);
  const { status } = await worker.post(textOf(changeEvents.insert));
  const ms = performance.now() - began;
  for (const end of ends) end();
  if (status !== 200) throw new Error(`Cannot measure: the first event must be stored: it is answered with ${status}`);
  return ms;
}
