// Both sides of a measured process: it reports its use, and follows requests.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { peakMegabytes } from '../support/peak-memory.ts';

export interface MeasuredProcess {
  /** Its message when it was ready. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly ask: (question: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;
  readonly cpuMs: () => Promise<number>;
  readonly peakMegabytes: () => Promise<number>;
  readonly end: () => void;
}

export async function startMeasured(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<MeasuredProcess> {
  const child = fork(script, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const said = await answerOf(child);
  async function ask(question: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    const answer = answerOf(child);
    child.send(question);
    return await answer;
  }
  return {
    said,
    ask,
    cpuMs: async () => Number((await ask({ kind: 'cpu' }))['cpuMs']),
    peakMegabytes: () => peakMegabytes(child),
    end: () => void child.kill('SIGKILL'),
  };
}

async function answerOf(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  const ended = new AbortController();
  const end = (code: number | null): void => ended.abort(new Error(`Cannot measure: a process ended with ${code}`));
  child.once('exit', end);
  const [answer] = await once(child, 'message', { signal: ended.signal });
  child.off('exit', end);
  return answer;
}

/** Call it on the measured side when that is ready. */
export function beMeasured(
  said: Readonly<Record<string, unknown>>,
  answer: (question: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>,
): void {
  process.on('message', async (question: Readonly<Record<string, unknown>>) => {
    process.send?.(question['kind'] === 'cpu' ? usedSoFar() : await answer(question));
  });
  // The measuring process can end at any time.
  process.on('disconnect', () => process.exit());
  process.send?.(said);
}

function usedSoFar(): Readonly<Record<string, unknown>> {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000 };
}
