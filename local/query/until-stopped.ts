// Ctrl-C ends a command that reads, after it has removed its copies.
import { type Surroundings, stopSignal } from '../command.ts';

/** The exit code of a shell: 128 plus the number of the signal. */
const stoppedCode = 130;

/** Returns the exit code. Every fault after Ctrl-C counts as caused by it. */
export async function untilStopped(
  { stopped, note }: Pick<Surroundings, 'stopped' | 'note'>,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const signal = stopSignal(stopped);
  try {
    await run(signal);
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    note('Stopped');
    return stoppedCode;
  }
}
