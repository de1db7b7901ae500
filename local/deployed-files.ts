// What is deployed, and nothing else. `.funcignore` says the same to the Functions Core Tools.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { bundleFolder } from './build.ts';
import { root } from './paths.ts';

/** By path from the root, once the bundle is built. */
export async function deployedFiles(): Promise<readonly string[]> {
  const scripts = (await readdir(join(root, bundleFolder))).filter((name) => name.endsWith('.cjs')).sort();
  return ['host.json', 'package.json', ...scripts.map((name) => `${bundleFolder}/${name}`)];
}

/** Also what an earlier build called its scripts. */
export function isDeployed(file: string): boolean {
  return /^(?:host\.json|package\.json|dist\/[^/]+\.cjs)$/.test(file);
}

/** Zip keeps times; one that is always the same makes the same zip of the same sources. */
const timeOfAll = new Date('2026-01-01T00:00:00Z');

/** For those who deploy without the Functions Core Tools. */
export async function zipOfDeployed(): Promise<Uint8Array> {
  const files = (await deployedFiles()).map(async (file) => [file, await readFile(join(root, file))] as const);
  return zipSync(Object.fromEntries(await Promise.all(files)), { level: 9, mtime: timeOfAll });
}
