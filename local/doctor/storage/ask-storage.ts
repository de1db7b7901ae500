// Limits how long the doctor waits for the storage.
import { within } from '../../../shared/async/deadline.ts';

const limitMs = 30_000;

export async function askStorage<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return await within(limitMs, question);
}
