// What is deployed, and nothing else. `.funcignore` says the same to the Functions Core Tools.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { root } from './paths.ts';

export const deployedFiles = ['host.json', 'package.json', 'dist/main.cjs'] as const;

/** Zip keeps times; one that is always the same makes the same zip of the same sources. */
const timeOfAll = new Date('2026-01-01T00:00:00Z');

/** For those who deploy without the Functions Core Tools. */
export async function zipOfDeployed(): Promise<Uint8Array> {
  const files = deployedFiles.map(async (file) => [file, await readFile(join(root, file))] as const);
  return zipSync(Object.fromEntries(await Promise.all(files)), { level: 9, mtime: timeOfAll });
}
