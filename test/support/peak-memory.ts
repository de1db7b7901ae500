import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The peak memory of a process, in MB. 0 if the system does not show it for another process: only Linux does. */
export async function peakMegabytes({ pid }: ChildProcess): Promise<number> {
  return megabytesIn(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));
}

/** Reads a status file of Linux. Not `maxRSS`: a process inherits it from its parent. */
export function megabytesIn(status: string): number {
  const kibibytes = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return (kibibytes * 1024) / 1e6;
}
