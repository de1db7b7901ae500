// Runs npm run atlas:configure in a folder of the test.
import { globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { command } from '../../local/commands/atlas-configure.ts';
import { performed } from './commands.ts';
import { temporaryFolder } from './lakes.ts';

/** All required members. */
export const smallSync = {
  app: 'shop-sync',
  cluster: 'Cluster0',
  dataSource: 'mongodb-atlas',
  receiverUrl: 'https://shop.azurewebsites.net/api/change-events',
  region: { providerRegion: 'azure-westeurope' },
  watch: [{ collection: 'shop.orders' }],
};

/** Has a lake-sync.json, from text or an object, and other files. */
export async function appFolder(
  t: Pick<TestContext, 'after'>,
  sync: unknown,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await temporaryFolder(t);
  await rewriteSync(folder, sync);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

export async function rewriteSync(folder: string, sync: unknown): Promise<void> {
  await writeFile(join(folder, 'lake-sync.json'), typeof sync === 'string' ? sync : JSON.stringify(sync));
}

export interface Configured {
  readonly code: number | null;
  /** Its lines, without the folder, which differs each time. */
  readonly output: string;
}

export async function configure(folder: string, ...args: readonly string[]): Promise<Configured> {
  const { code, output } = await performed(command, {}, '--app', folder, ...args);
  return { code, output: output.replaceAll(folder, '<app>') };
}

/** The text of each file except lake-sync.json, by path. */
export async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = globSync('**/*.*', { cwd: folder }).map((path) => path.replaceAll('\\', '/'));
  const read = paths
    .filter((path) => path !== 'lake-sync.json')
    .sort()
    .map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const);
  return new Map(await Promise.all(read));
}

export async function jsonIn(folder: string, path: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, path), 'utf8'));
}
