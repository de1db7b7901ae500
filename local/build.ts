// Builds the deployed bundle: all functions and their imports in a few files. Reading thousands of files takes longer
// than the rest of a cold start.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundled, type Script } from './bundle.ts';
import { root } from './paths.ts';

export const bundleFolder = 'dist';

export async function buildBundle(): Promise<readonly Script[]> {
  const scripts = await bundled(await importsOf('functions'));
  await mkdir(join(root, bundleFolder), { recursive: true });
  // The main script last: from then on, all that it names is there.
  for (const { name, text } of scripts) await put(join(root, bundleFolder, name), text);
  return scripts;
}

/** Before it is deployed. Elsewhere they stay: an app that runs may not yet have loaded all of its own. */
export async function removeOtherScripts(scripts: readonly Script[]): Promise<void> {
  const ours = new Set(scripts.map(({ name }) => name));
  const others = (await readdir(join(root, bundleFolder))).filter((name) => !ours.has(name));
  for (const name of others) await rm(join(root, bundleFolder, name), { recursive: true, force: true });
}

/** Every file of functions/ is an Azure Function, so that a new one is deployed without another word. */
export async function importsOf(folder: string): Promise<string> {
  const files = (await readdir(join(root, folder))).filter((name) => name.endsWith('.ts')).sort();
  return files.map((name) => `import ${JSON.stringify(`./${folder}/${name}`)};`).join('\n');
}

/** In its place in one step: another command may be loading it. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.${process.pid}`, text);
  await rename(`${file}.${process.pid}`, file);
}
