// Loaded before a measured program. At its end it writes the used CPU time and memory to its fourth channel.
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const statusFile = '/proc/self/status';

// A thread of the program loads this too. What its process has used holds for all threads.
if (isMainThread) {
  const { megabytesIn } = await import('../support/peak-memory.ts');
  process.once('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const megabytes = existsSync(statusFile) ? megabytesIn(readFileSync(statusFile, 'utf8')) : 0;
    writeSync(3, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes }));
  });
}
