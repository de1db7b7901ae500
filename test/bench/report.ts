// The result for people: a table of all cells, and the ratios with their aims.
import type { Measured, Ratio, Row } from './result.ts';
import { spreadOf } from './statistics.ts';

export function printReport(rows: readonly Row[], ratios: readonly Ratio[], measured: Measured): void {
  line('', 'storage', 'at once', 'events/s', 'CPU ms', 'requests', 'written', 'p50 ms', 'p99 ms');
  line('medians', 'after ms', '', '', 'per event', 'per event', '/received', '', '');
  for (const row of rows)
    line(
      row.arm,
      String(row.storageMs),
      String(row.atOnce),
      row.eventsPerSecond.median.toFixed(0),
      row.cpuMsPerEvent.median.toFixed(3),
      row.requestsPerEvent.toFixed(3),
      row.writtenPerReceived.toFixed(2),
      row.p50Ms.toFixed(1),
      row.p99Ms.toFixed(1),
    );
  printMemory(measured);
  printRatios(ratios);
}

function printMemory({ peakMegabytes, largeDocuments, coldStarts, bundleBytes, zipBytes }: Measured): void {
  console.log('\nmost memory held, MB');
  for (const [arm, megabytes] of Object.entries(peakMegabytes)) line(arm, megabytes.toFixed(0));
  line('ours, 16 × 16 MB at once', spreadOf(largeDocuments.oursMegabytes).median.toFixed(0));
  line('reference, 16 × 16 MB at once', spreadOf(largeDocuments.referenceMegabytes).median.toFixed(0));
  console.log(`(of ours ${largeDocuments.oursStored} are stored at once, the others asked to come again)`);
  const [bundle, unbundled] = [spreadOf(coldStarts.bundleMs), spreadOf(coldStarts.unbundledMs)];
  console.log(
    `\ncold start, medians of ${coldStarts.bundleMs.length}: ${bundle.median.toFixed(0)} ms bundled, ${unbundled.median.toFixed(0)} ms unbundled`,
  );
  console.log(`package: bundle ${(bundleBytes / 1000).toFixed(0)} KB, zip ${(zipBytes / 1000).toFixed(0)} KB`);
}

function printRatios(ratios: readonly Ratio[]): void {
  console.log(`\n${'ratio'.padEnd(58)}${['median', 'low', 'high', 'aim'].map((head) => head.padStart(10)).join('')}`);
  for (const { name, aim, found, isMet } of ratios) {
    const figures = [found.median, found.low, found.high].map((value) => inShort(value).padStart(10)).join('');
    console.log(`${name.padEnd(58)}${figures}${aim.padStart(10)}  ${isMet ? 'met' : 'missed'}`);
  }
}

function inShort(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(3);
}

function line(name: string, ...cells: readonly string[]): void {
  console.log(`${name.padEnd(32)}${cells.map((cell) => cell.padStart(11)).join('')}`);
}
