import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The peak memory of a process, in MB. 0 if the system does not show it for another process: only Linux does. */
export async function peakMegabytes({ pid }: ChildProcess): Promise<number> {
  // Not maxRSS: a process inherits it from its parent.
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return (kibibytes * 1024) / 1e6;
}
