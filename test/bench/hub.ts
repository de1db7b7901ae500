// Compares the event hub with HTTP: at least 10,000 events of each, 100 at a time, interleaved over one storage.
import { buildApps } from './apps.ts';
import { openHubArms } from './arms.ts';
import { benchFolder } from './bench-folder.ts';
import { cellsOf, type Sample, sampleOf } from './cells.ts';
import { spreadOf } from './statistics.ts';
import { countingStorage } from './storage.ts';

const enough = 10_000;
const sampleMs = 1_000;

const storage = await countingStorage();
try {
  const arms = await openHubArms(await buildApps(benchFolder('bench-hub-')), storage.environment);
  const cells = cellsOf(arms).filter(({ concurrency }) => concurrency === 1);
  // The measurement begins after V8 has compiled the code.
  for (const cell of cells) await sampleOf(cell, storage, sampleMs);
  const eventsOf = (samples: readonly Sample[]) =>
    samples.reduce((sum, { latencies }) => sum + latencies.length * 100, 0);
  while (cells.some(({ samples }) => samples.length < 5 || eventsOf(samples) < enough))
    for (const cell of cells) cell.samples.push(await sampleOf(cell, storage, sampleMs));
  console.log(`${'medians, storage after 8 ms'.padEnd(40)}events/s   CPU ms per event   requests per event   events`);
  for (const { arm, samples } of cells) {
    const median = (figure: 'eventsPerSecond' | 'cpuMsPerEvent' | 'requestsPerEvent') =>
      spreadOf(samples.map((one) => one[figure])).median;
    const figures = [
      median('eventsPerSecond').toFixed(0).padStart(8),
      median('cpuMsPerEvent').toFixed(3).padStart(19),
      median('requestsPerEvent').toFixed(3).padStart(21),
      String(eventsOf(samples)).padStart(9),
    ];
    console.log(arm.name.padEnd(40) + figures.join(''));
  }
  for (const { process } of arms) process.end();
} finally {
  storage.close();
}
