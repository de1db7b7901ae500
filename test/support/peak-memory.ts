import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The most that a process has held at once, in kB; 0 where the system does not tell it of another: only Linux does. */
export async function peakKilobytes({ pid }: ChildProcess): Promise<number> {
  // Not maxRSS, which a process inherits from the one that started it.
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}
