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
  // The main script comes last, because it names the others.
  for (const { name, text } of scripts) await put(join(root, bundleFolder, name), text);
  return scripts;
}

/** Removes the scripts of earlier builds. An app that still runs can need them: it loads some scripts late. */
export async function removeOtherScripts(scripts: readonly Script[]): Promise<void> {
  const ours = new Set(scripts.map(({ name }) => name));
  const others = (await readdir(join(root, bundleFolder))).filter((name) => !ours.has(name));
  for (const name of others) await rm(join(root, bundleFolder, name), { recursive: true, force: true });
}

/** Imports every file of the folder. Every file of functions/ is an Azure Function, so nobody keeps a list. */
export async function importsOf(folder: string): Promise<string> {
  const files = (await readdir(join(root, folder))).filter((name) => name.endsWith('.ts')).sort();
  return files.map((name) => `import ${JSON.stringify(`./${folder}/${name}`)};`).join('\n');
}

/** Puts a file in its place in one step, because another command may load it now. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.${process.pid}`, text);
  await rename(`${file}.${process.pid}`, file);
}
