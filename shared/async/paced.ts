// Long synchronous work beside other work: it is cut into slices, and between two of them the event loop has its turn.
import { setImmediate as turn } from 'node:timers/promises';

/** Short enough that a health check behind it is answered at once. */
const sliceMs = 8;

/** Runs the steps to their end. Throws the signal's reason between two slices once it ends. */
export async function paced<T>(steps: Iterator<void, T, void>, signal: AbortSignal): Promise<T> {
  let sliceBegan = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - sliceBegan < sliceMs) continue;
    await turn();
    signal.throwIfAborted();
    sliceBegan = performance.now();
  }
}
