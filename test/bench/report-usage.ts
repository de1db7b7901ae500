// Loaded before a measured program. At its end it writes the used CPU time and memory to its fourth channel.
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { megabytesIn } from '../support/peak-memory.ts';

const statusFile = '/proc/self/status';

process.once('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const megabytes = existsSync(statusFile) ? megabytesIn(readFileSync(statusFile, 'utf8')) : 0;
  writeSync(3, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes }));
});
