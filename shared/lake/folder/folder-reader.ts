// Reads from a lake in a folder. It skips names with a leading dot, such as `.staging`. All lake readers do that.
import type { Dirent, Stats } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf } from '../fault.ts';
import type { ByteRange, LakeFile, LakeReader } from '../lake.ts';
import { assertLakeFolder, assertLakePath, assertRange, withSlash } from '../path-rules.ts';

/** The same page size as in Azure. */
const maxPageFiles = 5000;

export function folderReader(folder: string): LakeReader {
  const root = resolve(folder);
  return {
    list: async function* (within, signal, namesBegin = '') {
      assertLakeFolder(within);
      yield* pagesBelow(root, withSlash(within), withSlash(within) + namesBegin, signal);
    },
    folders: async (within) => {
      assertLakeFolder(within);
      const entries = await entriesOf(join(root, within));
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    },
    files: async (within) => {
      assertLakeFolder(within);
      return await filesAt(root, withSlash(within), await entriesOf(join(root, within)));
    },
    read: async (path, signal, range) => {
      assertLakePath(path);
      if (range !== undefined) assertRange(range);
      const file = join(root, path);
      return await orMissing(() => (range === undefined ? readFile(file, { signal }) : readRange(file, range)));
    },
  };
}

/** Each folder gives one page, or more if it has many files. `below` is empty or ends with a slash. */
async function* pagesBelow(
  root: string,
  below: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<readonly LakeFile[]> {
  signal.throwIfAborted();
  const entries = await entriesOf(join(root, below));
  const files = entries.filter((entry) => entry.isFile() && `${below}${entry.name}`.startsWith(prefix));
  for (let from = 0; from < files.length; from += maxPageFiles)
    yield await filesAt(root, below, files.slice(from, from + maxPageFiles));
  for (const entry of entries.filter((one) => one.isDirectory())) {
    const folder = `${below}${entry.name}/`;
    if (folder.startsWith(prefix) || prefix.startsWith(folder)) yield* pagesBelow(root, folder, prefix, signal);
  }
}

/** Sorted by the bytes of the names. A missing folder has no entries. */
async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await orMissing(() => readdir(folder, { withFileTypes: true }));
  return (entries ?? [])
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

async function filesAt(root: string, below: string, entries: readonly Dirent[]): Promise<readonly LakeFile[]> {
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => fileAt(root, `${below}${name}`));
  return (await Promise.all(files)).filter((file) => file !== undefined);
}

async function fileAt(root: string, path: string): Promise<LakeFile | undefined> {
  const found: Stats | undefined = await orMissing(() => stat(join(root, path)));
  return found === undefined ? undefined : { path, bytes: found.size, modifiedMs: Math.trunc(found.mtimeMs) };
}

async function readRange(path: string, { start, end }: ByteRange): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, Math.min(end, size) - start));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function orMissing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    // The file was never written, or was removed just now.
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
