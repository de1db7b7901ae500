import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorCodeOf } from '../../../shared/lake/azure/storage-error.ts';
import type { LakeInspector } from './lake-inspector.ts';

export function folderInspector(folder: string): LakeInspector {
  const root = resolve(folder);
  return {
    serverDate: async () => undefined,
    isHierarchical: async () => true,
    remove: async (path) => {
      await rm(join(root, path));
      await rmdir(join(root, dirname(path))).catch(() => undefined);
    },
    list: async (within, namesBegin) => {
      const names = await namesIn(join(root, within));
      return names.filter((name) => name.startsWith(namesBegin)).map((name) => `${within}${name}`);
    },
    read: (path, signal) => readFile(join(root, path), { signal }),
  };
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    // Nothing was written there yet.
    if (errorCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
