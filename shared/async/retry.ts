// Retries after a short fault: a reset connection, a throttled or restarting server.
import { setTimeout as pause } from 'node:timers/promises';

const pausesMs = [200, 800];

/** Retries while `mayPass` returns true. Pauses are random, so that failed instances do not all retry at one moment. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  mayPass: (error: unknown) => boolean,
  signal: AbortSignal,
): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
    }
    await pause(pauseMs * (0.5 + Math.random()), undefined, { signal });
  }
  return await attempt();
}
