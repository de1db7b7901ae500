// The real Azurite from its npm package, on a free loopback port and in memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { isPathMissing } from '../../shared/lake/azure/azure-error.ts';

export interface Azurite {
  readonly origin: string;
  /** Only for this file, because other files can share the Azurite. */
  readonly container: string;
  /** All files, or those with this prefix. */
  readonly names: (prefix?: string) => Promise<readonly string[]>;
  /** The ETag of each file with this prefix. */
  readonly versions: (prefix: string) => Promise<ReadonlyMap<string, string>>;
  readonly read: (name: string) => Promise<Buffer | undefined>;
  /** Writes without conditions. */
  readonly overwrite: (name: string, content: Uint8Array) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Azurite's public account, with the key from its manual. */
export const emulatorAccount = 'devstoreaccount1';
export const emulatorKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
let containers = 0;

/** A lane can have started one for all its files. Each file then has its own container. */
export const sharedOrigin = 'ATLAS_LAKE_SYNC_AZURITE';

export async function startAzurite(): Promise<Azurite> {
  const { origin, stop } = shared() ?? (await runAzurite());
  const container = `lake-${process.pid}-${++containers}`;
  const credential = new StorageSharedKeyCredential(emulatorAccount, emulatorKey);
  const client = new BlobServiceClient(`${origin}/${emulatorAccount}`, credential).getContainerClient(container);
  await client.createIfNotExists();

  return {
    origin,
    container,
    names: async (prefix = '') => {
      const names: string[] = [];
      for await (const { name } of client.listBlobsFlat({ prefix })) names.push(name);
      return names;
    },
    versions: async (prefix) => {
      const versions = new Map<string, string>();
      for await (const { name, properties } of client.listBlobsFlat({ prefix })) versions.set(name, properties.etag);
      return versions;
    },
    read: async (name) => {
      try {
        return await buffer((await client.getBlobClient(name).download()).readableStreamBody ?? Readable.from([]));
      } catch (error) {
        if (isPathMissing(error)) return undefined;
        throw error;
      }
    },
    overwrite: async (name, content) => {
      await client.getBlockBlobClient(name).upload(content, content.byteLength);
    },
    stop,
  };
}

export function locationAt(origin: string, container: string) {
  const url = `${origin}/${emulatorAccount}/${container}`;
  return { kind: 'azure', account: emulatorAccount, container, directory: '', blobUrl: url, dfsUrl: url } as const;
}

interface RunningAzurite {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

function shared(): RunningAzurite | undefined {
  const origin = process.env[sharedOrigin];
  return origin === undefined ? undefined : { origin, stop: async () => undefined };
}

export async function runAzurite(): Promise<RunningAzurite> {
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'];
  // Clients without retries share this process. If an idle connection were closed, their next request would fail.
  const where = ['--blobHost', '127.0.0.1', '--blobPort', '0', '--blobKeepAliveTimeout', '600'];
  const child = spawn(process.execPath, [program, ...where, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const origin = await announcedOrigin(child.stdout);
  return {
    origin,
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
