// npm run bench: all arms side by side, interleaved, on this machine. Run with: run.ts [--quick] [--json] [--chart
// <file>]
import { stat, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deployedFiles, zipOfDeployed } from '../../local/deployed-files.ts';
import { root } from '../../local/paths.ts';
import { settingsWith } from '../support/deliveries.ts';
import { buildApps } from './apps.ts';
import { type Arm, openArms } from './arms.ts';
import { benchFolder } from './bench-folder.ts';
import { type Cell, cellsOf, sampleOf } from './cells.ts';
import { chartOf } from './chart.ts';
import { coldStarts } from './cold-start.ts';
import { largeDocuments } from './large-documents.ts';
import { printReport } from './report.ts';
import { type Measured, ratiosOf, rowOf } from './result.ts';
import { type CountingStorage, countingStorage } from './storage.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, chart: { type: 'string' } },
});
const extent = options.quick
  ? { rounds: 2, sampleMs: 120, warmUpEvents: 300, coldStarts: 2, largeDocuments: 1 }
  : { rounds: 5, sampleMs: 600, warmUpEvents: 6000, coldStarts: 12, largeDocuments: 5 };

const folder = benchFolder('bench-');
const storage = await countingStorage();
try {
  const measured = await measure(storage);
  const rows = measured.cells.map(rowOf);
  const ratios = ratiosOf(measured);
  printReport(rows, ratios, measured);
  if (options.chart !== undefined) await writeFile(options.chart, chartOf(rows));
  const { coldStarts: starts, largeDocuments: large, peakMegabytes, bundleBytes, zipBytes } = measured;
  const machine = { node: process.version, cpus: cpus().length };
  const result = {
    machine,
    extent,
    rows,
    ratios,
    coldStarts: starts,
    largeDocuments: large,
    peakMegabytes,
    bundleBytes,
    zipBytes,
  };
  if (options.json) console.log(JSON.stringify(result));
} finally {
  storage.close();
}

async function measure(lake: CountingStorage): Promise<Measured> {
  say('Building the apps that are compared …');
  const apps = await buildApps(folder);
  const arms = await openArms(apps, lake.environment);
  const cells = await sampleAll(arms, lake);
  const peaks = await Promise.all(
    arms.map(async ({ name, process }) => [name, await process.peakMegabytes()] as const),
  );
  for (const { process } of arms) process.end();
  say('Starting cold …');
  lake.answerAfter(0);
  const starts = await coldStarts(apps, lake.environment, extent.coldStarts);
  say('Sending documents of 16 MB …');
  return {
    cells,
    coldStarts: starts,
    largeDocuments: await largeDocuments(apps, lake, extent.largeDocuments),
    peakMegabytes: Object.fromEntries(peaks),
    bundleBytes: await bytesOf((await deployedFiles()).filter((file) => file.endsWith('.cjs'))),
    zipBytes: (await zipOfDeployed()).length,
    maxBytesInFlight: settingsWith({}).maxBytesInFlight,
  };
}

async function sampleAll(arms: readonly Arm[], lake: CountingStorage): Promise<readonly Cell[]> {
  say('Warming up …');
  for (const arm of arms) {
    for (let events = 0; events < extent.warmUpEvents; )
      events +=
        (await arm.run({ concurrency: Math.max(...arm.concurrencies), forMs: 200 })).length * arm.eventsPerRequest;
  }
  const cells = cellsOf(arms);
  for (let round = 1; round <= extent.rounds; round++) {
    say(`Measuring, round ${round} of ${extent.rounds} …`);
    for (const cell of cells) cell.samples.push(await sampleOf(cell, lake, extent.sampleMs));
  }
  return cells;
}

/** Progress goes to stderr. Only the result goes to stdout. */
function say(progress: string): void {
  console.error(progress);
}

async function bytesOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(root, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
