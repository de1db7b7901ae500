import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Arm } from './arms.ts';
import type { Cell, Sample } from './cells.ts';
import { chartOf } from './chart.ts';
import { type Measured, ratiosOf, rowOf } from './result.ts';
import { quantile, spreadOf } from './statistics.ts';

const sample: Sample = {
  eventsPerSecond: 100,
  cpuMsPerEvent: 1,
  requestsPerEvent: 1,
  writtenPerReceived: 0.9,
  latencies: [1, 2, 3, 4],
};

describe('ratiosOf()', () => {
  it('compares samples of the same round, and reports the median with its spread', () => {
    const measured = measuredWith([
      cellOf('ours', 16, [{ cpuMsPerEvent: 1 }, { cpuMsPerEvent: 4 }, { cpuMsPerEvent: 3 }]),
      cellOf('reference', 16, [{ cpuMsPerEvent: 2 }, { cpuMsPerEvent: 4 }, { cpuMsPerEvent: 10 }]),
    ]);

    const ratio = ratiosOf(measured).find(({ name }) => name === 'CPU per event, against the reference');

    assert.deepEqual(ratio?.found, { median: 0.5, low: 0.3, high: 1 });
    assert.equal(ratio?.isMet, true);
  });

  it('says whether each aim is met, and names aims that were not measured', () => {
    const told = ratiosOf(measuredWith([cellOf('ours', 16, [{ requestsPerEvent: 1.2 }])]));

    assert.deepEqual(
      told.filter(({ isMet }) => isMet).map(({ name }) => name),
      ['cold start, bundle against unbundled', 'zip, KB', 'peak memory of 16 × 16 MB, MB'],
    );
  });
});

describe('rowOf()', () => {
  it('takes latencies of all rounds together', () => {
    const row = rowOf(cellOf('ours', 16, [{ latencies: [1, 2] }, { latencies: [3, 100] }]));

    assert.deepEqual([row.p50Ms, row.p99Ms], [3, 100]);
  });
});

describe('spreadOf()', () => {
  it('is the middle, the lowest and the highest', () => {
    assert.deepEqual(spreadOf([5, 1, 9]), { median: 5, low: 1, high: 9 });
    assert.deepEqual(spreadOf([5, 1, 9, 6]), { median: 5.5, low: 1, high: 9 });
    assert.equal(spreadOf([]).median, Number.NaN);
    assert.equal(quantile([], 0.5), Number.NaN);
  });
});

describe('chartOf()', () => {
  it('draws a bar for each arm, as long as its figure', () => {
    const rows = [
      rowOf(cellOf('reference', 1, [{ eventsPerSecond: 50 }])),
      rowOf(cellOf('ours', 1, [{ eventsPerSecond: 100 }])),
    ];

    const bars = [...chartOf(rows).matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));

    assert.equal((bars[1] ?? 0) / (bars[0] ?? 0), 2);
  });
});

function cellOf(name: string, concurrency: number, samples: readonly Partial<Sample>[]): Cell {
  const arm: Arm = {
    name,
    eventsPerRequest: 1,
    delaysMs: [8],
    concurrencies: [concurrency],
    process: {
      said: {},
      ask: async () => ({}),
      cpuMs: async () => 0,
      peakMegabytes: async () => 0,
      end: () => undefined,
    },
    bytesPerEvent: 1,
    run: async () => [],
  };
  return { arm, delayMs: 8, concurrency, samples: samples.map((changed) => ({ ...sample, ...changed })) };
}

function measuredWith(cells: readonly Cell[]): Measured {
  return {
    cells,
    coldStarts: { bundleMs: [40], unbundledMs: [100] },
    largeDocuments: { oursMegabytes: [300], oursStored: 4, referenceMegabytes: [900] },
    peakMegabytes: {},
    bundleBytes: 1,
    zipBytes: 1,
    maxBytesInFlight: 67_108_864,
  };
}
