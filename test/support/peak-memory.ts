import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The peak memory of a process, in MB. Only Linux shows it for another process. 0 on other systems. */
export async function peakMegabytes({ pid }: ChildProcess): Promise<number> {
  return megabytesIn(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));
}

/** Reads a status file of Linux. Not `maxRSS`: a process inherits it from its parent. */
export function megabytesIn(status: string): number {
  const kibibytes = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return (kibibytes * 1024) / 1e6;
}
