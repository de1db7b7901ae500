// The list of the files to deploy. `.funcignore` says the same to the Functions Core Tools.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { bundleFolder } from './build.ts';
import { root } from './paths.ts';

/** Returns paths from the root. The bundle must exist. */
export async function deployedFiles(): Promise<readonly string[]> {
  const scripts = (await readdir(join(root, bundleFolder))).filter((name) => name.endsWith('.cjs')).sort();
  return ['host.json', 'package.json', ...scripts.map((name) => `${bundleFolder}/${name}`)];
}

/** True also for the scripts of an earlier build, which have other names. */
export function isDeployed(file: string): boolean {
  return /^(?:host\.json|package\.json|dist\/[^/]+\.cjs)$/.test(file);
}

/** A zip has the time of each file. A fixed time makes the same zip of the same sources. */
const timeOfAll = new Date('2026-01-01T00:00:00Z');

/** Makes the package for a deployment without the Functions Core Tools. */
export async function zipOfDeployed(): Promise<Uint8Array> {
  const files = (await deployedFiles()).map(async (file) => [file, await readFile(join(root, file))] as const);
  return zipSync(Object.fromEntries(await Promise.all(files)), { level: 9, mtime: timeOfAll });
}
