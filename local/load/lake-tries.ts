// Tries again while the lake does not take a file, and stops the load after the last try.
import { setTimeout as pause } from 'node:timers/promises';
import { LoadStopped } from './load-target.ts';

export const lakePausesMs: readonly number[] = [1_000, 5_000, 20_000];

export type Attempt<T> =
  | { readonly kind: 'taken'; readonly result: T }
  | { readonly kind: 'failed'; readonly fault: string };

export async function untilTaken<T>(
  attempt: () => Promise<Attempt<T>>,
  pausesMs: readonly number[],
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    const made = await attempt();
    if (made.kind === 'taken') return made.result;
    const pauseMs = pausesMs[tries];
    if (pauseMs === undefined) throw new LoadStopped(`the lake must take files: ${made.fault}`);
    await pause(pauseMs, undefined, { signal });
  }
}
