// Writes to a lake in a folder, for a laptop and for tests. Keeps the promises of Azure: a file is there whole or not at all, the
// first writer wins, and an acknowledged file survives a power cut.
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from '../fault.ts';
import type { LakeWriter } from '../lake.ts';
import { assertLakePath } from '../path-rules.ts';

/** Readers of a lake skip names with a leading dot. On the same disk as the files, or linking would not be one step. */
const stagingFolder = '.staging';
/** No writer takes so long: what is older was left by one that died. */
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

  /** Folders are made once; somebody may remove the lake, or a part of it, while it is open. */
  async function inMadeFolders<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    folders.clear();
    return await work();
  }

  /** Remembers what it made, so that an event costs no look at the folders above it. */
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
    // Also where it was there: whoever made it may have died before this line.
    await syncFolder(dirname(path));
    if (path === staging) await removeLeftovers(staging);
  }
}

/** Linking is the step that publishes: it fails where the name is taken, and no reader ever sees half a file. */
async function publish(file: string, target: string): Promise<'created' | 'exists'> {
  const result = await linked(file, target);
  // Also where it exists: the delivery that linked it may not have come to this line yet.
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

/** Step by step: with `recursive` Node tries for ever in /proc, and wherever else a folder can never be made. */
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
  // A new folder is durable when the folder that names it is.
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
    // Published, and so gone from here, since the folder was read.
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function writeDurably(path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content, { signal });
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and needs no sync of them.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
