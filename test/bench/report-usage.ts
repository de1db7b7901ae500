// Loaded before a program that is measured: writes to its fourth channel, as the program ends, what it has used.
import { writeSync } from 'node:fs';

process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: (maxRSS * 1024) / 1e6 };
  writeSync(3, JSON.stringify(usage));
});
