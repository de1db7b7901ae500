// The folder of one command in the system's folder for temporary files. A command that is killed cannot remove its
// folder, so the next one does. The name of a folder has the machine and the process, because containers can share the
// folder for temporary files, and each has process ids of its own.
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../shared/lake/fault.ts';

/** Undefined on Windows, where each user has a folder for temporary files. */
const thisUser = process.getuid?.();

export async function databaseFolder(parent: string, user: number | undefined = thisUser): Promise<string> {
  await removeLeftFolders(parent, user);
  return await mkdtemp(join(parent, `${ofMachine}${process.pid}-`));
}

const ofMachine = `lake-query-${hostname().replaceAll(/[^\w.-]/g, '')}-`;

async function removeLeftFolders(parent: string, user: number | undefined): Promise<void> {
  // A folder that cannot be listed or removed is no fault of this command. The command makes its own folder.
  for (const name of await readdir(parent).catch(() => [])) {
    const id = processOf(name);
    if (id === undefined || isRunning(id)) continue;
    const folder = join(parent, name);
    const found = await lstat(folder).catch(() => undefined);
    if (found?.isDirectory() === true && (user === undefined || found.uid === user))
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function processOf(name: string): number | undefined {
  if (!name.startsWith(ofMachine)) return undefined;
  const [, id] = /^([1-9]\d{0,9})-\w+$/.exec(name.slice(ofMachine.length)) ?? [];
  return id === undefined ? undefined : Number(id);
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // A process of another user answers EPERM.
    return codeOf(error) !== 'ESRCH';
  }
}
