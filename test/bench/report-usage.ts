// Loaded before a program that is measured: writes to its fourth channel, as the program ends, what it has used.
import { readFileSync, writeSync } from 'node:fs';

process.once('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: peakMegabytes() };
  writeSync(3, JSON.stringify(usage));
});

/** Not `maxRSS`: a process inherits it from its parent, which holds the whole lake of the benchmark. 0 where it is not Linux. */
function peakMegabytes(): number {
  try {
    const [, kibibytes = 0] = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return (Number(kibibytes) * 1024) / 1e6;
  } catch {
    return 0;
  }
}
