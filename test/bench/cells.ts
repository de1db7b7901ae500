// One cell of the table: an arm, a number of requests at once, and a latency of storage. Each has several samples.
import type { Arm } from './arms.ts';
import type { CountingStorage } from './storage.ts';

export interface Sample {
  readonly eventsPerSecond: number;
  readonly cpuMsPerEvent: number;
  readonly requestsPerEvent: number;
  readonly writtenPerReceived: number;
  readonly latencies: readonly number[];
}

export const sampleFigures = ['eventsPerSecond', 'cpuMsPerEvent'] as const;

export interface Cell {
  readonly arm: Arm;
  readonly delayMs: number;
  readonly concurrency: number;
  readonly samples: Sample[];
}

/** Sorted by load, so that compared arms are measured one after the other. */
export function cellsOf(arms: readonly Arm[]): Cell[] {
  const loads = [...new Set(arms.flatMap((arm) => arm.delaysMs))].flatMap((delayMs) =>
    [...new Set(arms.flatMap((arm) => arm.concurrencies))].map((concurrency) => ({ delayMs, concurrency })),
  );
  return loads.flatMap(({ delayMs, concurrency }) =>
    arms
      .filter((arm) => arm.delaysMs.includes(delayMs) && arm.concurrencies.includes(concurrency))
      .map((arm) => ({ arm, delayMs, concurrency, samples: [] })),
  );
}

export async function sampleOf(
  { arm, delayMs, concurrency }: Cell,
  storage: CountingStorage,
  forMs: number,
): Promise<Sample> {
  storage.answerAfter(delayMs);
  const before = { ...storage.taken(), cpuMs: await arm.process.cpuMs(), ms: performance.now() };
  const latencies = await arm.run({ concurrency, forMs });
  const seconds = (performance.now() - before.ms) / 1000;
  const cpuMs = (await arm.process.cpuMs()) - before.cpuMs;
  const { requests, bytes } = storage.taken();
  const events = latencies.length * arm.eventsPerRequest;
  return {
    eventsPerSecond: events / seconds,
    cpuMsPerEvent: cpuMs / events,
    requestsPerEvent: (requests - before.requests) / events,
    writtenPerReceived: (bytes - before.bytes) / (events * arm.bytesPerEvent),
    latencies,
  };
}
