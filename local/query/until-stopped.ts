// Ctrl-C ends a command that reads, after it has removed its copies.
import type { Surroundings } from '../command.ts';

/** The exit code of a shell: 128 plus the number of the signal. */
const stoppedCode = 130;

/** Returns the exit code. Every fault after Ctrl-C counts as caused by it. */
export async function untilStopped(
  { stopped, note }: Pick<Surroundings, 'stopped' | 'note'>,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const stop = new AbortController();
  void stopped().then(() => stop.abort());
  try {
    await run(stop.signal);
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    note('Stopped');
    return stoppedCode;
  }
}
