// Replaces files of a lake in a folder. It renames a complete file, so that a reader finds the old or the new content.
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { LakeReplacer } from '../lake.ts';
import { assertLakePath } from '../path-rules.ts';
import { syncFolder, writeDurably } from './write-durably.ts';

export function folderReplacer(folder: string): LakeReplacer {
  const root = resolve(folder);
  // The writer uses the same folder, and removes files of dead processes from it.
  const staging = join(root, '.staging');
  return {
    replace: async (path, content, _contentType, signal) => {
      assertLakePath(path);
      const target = join(root, path);
      const aside = join(staging, `${randomUUID()}.tmp`);
      await mkdir(staging, { recursive: true });
      await mkdir(dirname(target), { recursive: true });
      try {
        await writeDurably(aside, content, signal);
        await rename(aside, target);
        // The new name is durable only after a sync of its folder.
        await syncFolder(dirname(target));
      } finally {
        await rm(aside, { force: true });
      }
    },
  };
}
