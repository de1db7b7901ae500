// Removes files from a lake in a folder.
import { rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf } from '../fault.ts';
import type { LakeRemover } from '../lake.ts';
import { assertLakePath } from '../path-rules.ts';

export function folderRemover(folder: string): LakeRemover {
  const root = resolve(folder);
  return {
    remove: async (path) => {
      assertLakePath(path);
      await rm(join(root, path), { force: true });
    },
    removeEmptyFolder: async (path) => {
      assertLakePath(path);
      try {
        await rmdir(join(root, path));
      } catch (error) {
        if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
      }
    },
  };
}
