// Writes to a lake in a folder, for a laptop and for tests. It keeps the promises of Azure. A file is complete or
// missing. The first writer wins. An acknowledged file survives a power failure.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from '../fault.ts';
import type { LakeWriter } from '../lake.ts';
import { assertLakePath } from '../path-rules.ts';
import { syncFolder, writeDurably } from './write-durably.ts';

/**
 * Readers of a lake skip names with a leading dot. The folder is on the disk of the files, because a link needs that.
 */
const stagingFolder = '.staging';
/** No writer takes this long. An older file is from a dead process. */
const leftoverMs = 3_600_000;

export function folderWriter(folder: string): LakeWriter {
  const root = resolve(folder);
  const staging = join(root, stagingFolder);
  const folders = new Map<string, Promise<void>>();

  return {
    create: async (path, content, _contentType, signal) => {
      assertLakePath(path);
      return await inMadeFolders(() => create(join(root, path), content, signal));
    },
    check: async (signal) => {
      await inMadeFolders(() => staged(new Uint8Array(), signal, async () => undefined));
    },
  };

  async function create(target: string, content: Uint8Array, signal: AbortSignal): Promise<'created' | 'exists'> {
    await durableFolder(dirname(target));
    return await staged(content, signal, (file) => publish(file, target));
  }

  async function staged<T>(content: Uint8Array, signal: AbortSignal, use: (file: string) => Promise<T>): Promise<T> {
    await durableFolder(staging);
    const file = join(staging, `${randomUUID()}.tmp`);
    try {
      await writeDurably(file, content, signal);
      return await use(file);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Folders are made once. If somebody removes them later, they are made again. */
  async function inMadeFolders<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    folders.clear();
    return await work();
  }

  /** Remembers the folders it made, so that an event does not check its parent folders. */
  function durableFolder(path: string): Promise<void> {
    let made = folders.get(path);
    if (made === undefined) {
      if (folders.size > 10_000) folders.clear();
      made = makeFolder(path);
      folders.set(path, made);
      made.catch(() => folders.delete(path));
    }
    return made;
  }

  async function makeFolder(path: string): Promise<void> {
    if (path === root) return await makeRoot(root);
    await durableFolder(dirname(path));
    await mkdir(path, { recursive: true });
    // Also needed if the folder existed: the process that made it can have died before this line.
    await syncFolder(dirname(path));
    if (path === staging) await removeLeftovers(staging);
  }
}

/** A link publishes the complete file in one step. It fails if the name is taken. */
async function publish(file: string, target: string): Promise<'created' | 'exists'> {
  const result = await linked(file, target);
  // Also needed if the file exists: the delivery that linked it can still be before this line.
  await syncFolder(dirname(target));
  return result;
}

async function linked(file: string, target: string): Promise<'created' | 'exists'> {
  try {
    await link(file, target);
    return 'created';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'exists';
    throw error;
  }
}

/** Makes one folder at a time. With `recursive`, Node never ends in places without new folders, such as /proc. */
async function makeRoot(root: string): Promise<void> {
  try {
    await mkdir(root);
  } catch (error) {
    if (await isFolder(root)) return;
    const parent = dirname(root);
    if (codeOf(error) !== 'ENOENT' || parent === root || (await isFolder(parent))) throw error;
    await makeRoot(parent);
    await mkdir(root, { recursive: true });
  }
  // A new folder is durable only after a sync of its parent.
  await syncFolder(dirname(root));
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function removeLeftovers(staging: string): Promise<void> {
  for (const name of await readdir(staging)) {
    const file = join(staging, name);
    if (name.endsWith('.tmp') && (await isLeftover(file))) await rm(file, { force: true });
  }
}

async function isLeftover(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > leftoverMs;
  } catch (error) {
    // The file was published just now, so it is no longer here.
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
