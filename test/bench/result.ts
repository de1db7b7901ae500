// The result: a row for each cell, and the ratios with aims. Ratios compare samples of the same round.
import type { Cell, Sample, sampleFigures } from './cells.ts';
import type { ColdStarts } from './cold-start.ts';
import type { LargeDocuments } from './large-documents.ts';
import { quantile, type Spread, spreadOf } from './statistics.ts';

export interface Measured {
  readonly cells: readonly Cell[];
  readonly coldStarts: ColdStarts;
  readonly largeDocuments: LargeDocuments;
  readonly peakMegabytes: Readonly<Record<string, number>>;
  readonly bundleBytes: number;
  readonly zipBytes: number;
  readonly maxBytesInFlight: number;
}

export interface Row {
  readonly arm: string;
  readonly storageMs: number;
  readonly atOnce: number;
  readonly eventsPerSecond: Spread;
  readonly cpuMsPerEvent: Spread;
  readonly requestsPerEvent: number;
  readonly writtenPerReceived: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Ratio {
  readonly name: string;
  readonly aim: string;
  readonly found: Spread;
  readonly isMet: boolean;
}

export function rowOf({ arm, delayMs, concurrency, samples }: Cell): Row {
  const latencies = samples.flatMap((sample) => sample.latencies);
  return {
    arm: arm.name,
    storageMs: delayMs,
    atOnce: concurrency,
    eventsPerSecond: spreadOf(samples.map((sample) => sample.eventsPerSecond)),
    cpuMsPerEvent: spreadOf(samples.map((sample) => sample.cpuMsPerEvent)),
    requestsPerEvent: quantile(
      samples.map((sample) => sample.requestsPerEvent),
      0.5,
    ),
    writtenPerReceived: quantile(
      samples.map((sample) => sample.writtenPerReceived),
      0.5,
    ),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

export function ratiosOf(measured: Measured): Ratio[] {
  const { coldStarts, largeDocuments, zipBytes, maxBytesInFlight } = measured;
  const samples = (arm: string, concurrency: number): readonly Sample[] =>
    measured.cells.find((cell) => cell.arm.name === arm && cell.delayMs === 8 && cell.concurrency === concurrency)
      ?.samples ?? [];
  const single = samples('ours', 16);
  const perRound = (
    some: readonly Sample[],
    others: readonly Sample[],
    figure: (typeof sampleFigures)[number],
  ): Spread => spreadOf(some.map((sample, round) => sample[figure] / (others[round]?.[figure] ?? Number.NaN)));
  const allowedMegabytes = (3 * maxBytesInFlight) / 1e6 + 120;

  return [
    atMost('storage requests per event', 1, spreadOf(single.map((sample) => sample.requestsPerEvent))),
    atMost(
      'the same, 100 events in a batch file',
      0.01,
      spreadOf(samples('ours, batch files of 100', 16).map((sample) => sample.requestsPerEvent)),
    ),
    atLeast(
      'events/s one by one, against the reference',
      3,
      perRound(samples('ours', 1), samples('reference', 1), 'eventsPerSecond'),
    ),
    atMost('CPU per event, against the reference', 0.5, perRound(single, samples('reference', 16), 'cpuMsPerEvent')),
    atMost('CPU per event, against the floor', 4, perRound(single, samples('floor', 16), 'cpuMsPerEvent')),
    atMost(
      'CPU per event, 1000 in a batch file, against one by one',
      0.1,
      perRound(samples('ours, batch files of 1000', 16), single, 'cpuMsPerEvent'),
    ),
    atMost(
      'cold start, bundle against unbundled',
      0.45,
      spreadOf(coldStarts.bundleMs.map((ms, round) => ms / (coldStarts.unbundledMs[round] ?? Number.NaN))),
    ),
    atMost('zip, KB', 500, spreadOf([zipBytes / 1000])),
    atMost('peak memory of 16 × 16 MB, MB', Math.round(allowedMegabytes), spreadOf(largeDocuments.oursMegabytes)),
  ];
}

function atMost(name: string, aim: number, found: Spread): Ratio {
  // Counted in thousandths: a retry among ten thousand requests must not change the ratio.
  return { name, aim: `≤ ${aim}`, found, isMet: found.median <= aim * 1.001 };
}

function atLeast(name: string, aim: number, found: Spread): Ratio {
  return { name, aim: `≥ ${aim}`, found, isMet: found.median >= aim };
}
