// Ctrl-C ends a command after it has removed its copies.
import { type Surroundings, stopSignal } from './command.ts';

/** The exit code of a shell: 128 plus the number of the signal. */
const stoppedCode = 130;

/** Thrown after Ctrl-C by a command that has to say what is done. The message begins with "Stopped". */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Returns the exit code. Every fault after Ctrl-C counts as caused by it. */
export async function untilStopped(
  { stopped, note }: Pick<Surroundings, 'stopped' | 'note'>,
  run: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const signal = stopSignal(stopped);
  try {
    return await run(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    note(error instanceof Stopped ? error.message : 'Stopped');
    return stoppedCode;
  }
}
