// Loaded by `--import` into a child that writes to a folder. It names each step on the disk, and kills the child before
// step number DIE_AT. A file that dies while it is written has half of its bytes by then.
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const dieAt = Number(process.env['DIE_AT'] ?? 0);
const steps: string[] = [];

function take(step: string): void {
  steps.push(step);
  if (steps.length === dieAt) process.kill(process.pid, 'SIGKILL');
}

/** Staged files have random names. */
function nameOf(path: unknown): string {
  return basename(String(path)).replace(/^.*\.tmp$/, 'staged');
}

for (const name of ['mkdir', 'link', 'rename', 'rm', 'readdir', 'stat'] as const) {
  const original = fs[name];
  const traced = (...given: unknown[]): unknown => {
    take(`${name} ${nameOf(given.at(name === 'link' || name === 'rename' ? 1 : 0))}`);
    return Reflect.apply(original, fs, given);
  };
  Object.assign(fs, { [name]: traced });
}

const { open } = fs;
const tracedOpen = async (...given: Parameters<typeof open>): Promise<FileHandle> => {
  take(`open ${nameOf(given[0])}`);
  const file = await open(...given);
  return Object.assign(file, tracedHandle(file, nameOf(given[0])));
};
Object.assign(fs, { open: tracedOpen });

function tracedHandle(file: FileHandle, name: string): Partial<FileHandle> {
  const { writeFile, sync, close } = file;
  return {
    writeFile: async (...given) => {
      const [content] = given;
      if (steps.length + 1 === dieAt && content instanceof Uint8Array)
        await file.write(content, 0, content.length >> 1, 0);
      take(`write ${name}`);
      return await writeFile.apply(file, given);
    },
    sync: () => {
      take(`sync ${name}`);
      return sync.apply(file);
    },
    close: () => {
      take(`close ${name}`);
      return close.apply(file);
    },
  };
}

syncBuiltinESMExports();

process.once('exit', () => console.log(JSON.stringify({ steps })));
