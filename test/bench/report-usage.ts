// Loaded before a program that is measured: writes to its fourth channel, as the program ends, what it has used.
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { megabytesIn } from '../support/peak-memory.ts';

const statusFile = '/proc/self/status';

process.once('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const megabytes = existsSync(statusFile) ? megabytesIn(readFileSync(statusFile, 'utf8')) : 0;
  writeSync(3, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes }));
});
