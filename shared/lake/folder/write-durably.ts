// Writes files and folders that survive a power failure.
import { open } from 'node:fs/promises';

/** Fails if the file exists. The name itself is durable only after `syncFolder`. */
export async function writeDurably(path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content, { signal });
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and needs no sync of it.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
