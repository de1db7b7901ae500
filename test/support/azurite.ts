// The real Azurite, as its npm package brings it, on a free loopback port and in memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';

export interface Azurite {
  readonly origin: string;
  /** All, or those whose name begins so. */
  readonly names: (prefix?: string) => Promise<readonly string[]>;
  readonly read: (name: string) => Promise<Buffer | undefined>;
  /** As a writer without conditions would do it. */
  readonly overwrite: (name: string, content: Uint8Array) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Known to all: Azurite's own account, with the key that its manual gives. */
export const emulatorAccount = 'devstoreaccount1';
export const emulatorKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
export const container = 'lake';

export async function startAzurite(): Promise<Azurite> {
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'];
  const where = ['--blobHost', '127.0.0.1', '--blobPort', '0'];
  const child = spawn(process.execPath, [program, ...where, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const origin = await announcedOrigin(child.stdout);
  const credential = new StorageSharedKeyCredential(emulatorAccount, emulatorKey);
  const client = new BlobServiceClient(`${origin}/${emulatorAccount}`, credential).getContainerClient(container);
  await client.create();

  return {
    origin,
    names: async (prefix = '') => {
      const names: string[] = [];
      for await (const { name } of client.listBlobsFlat({ prefix })) names.push(name);
      return names;
    },
    read: async (name) => {
      const blob = client.getBlobClient(name);
      return (await blob.exists()) ? await blob.downloadToBuffer() : undefined;
    },
    overwrite: async (name, content) => {
      await client.getBlockBlobClient(name).upload(content, content.byteLength);
    },
    stop: async () => {
      process.removeListener('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      kill();
      await ended;
    },
  };
}

async function announcedOrigin(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const origin = /successfully listens on (\S+)/.exec(line)?.[1];
    if (origin === undefined) continue;
    output.resume();
    return origin;
  }
  throw new Error('Cannot start Azurite: it must say where it listens: it ended');
}
