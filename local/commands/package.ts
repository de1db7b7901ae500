// npm run package: what is deployed, as a zip or as a folder, for those who deploy without the Functions Core Tools.
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { buildBundle } from '../build.ts';
import { type Command, CommandError, codeOf } from '../command.ts';
import { deployedFiles, zipOfDeployed } from '../deployed-files.ts';
import { root } from '../paths.ts';

const help = `npm run package [-- --out <file> | --folder <folder>]

Builds the bundle and zips what is deployed, to atlas-lake-sync.zip. To ship it:
  az functionapp deployment source config-zip --resource-group <group> --name <app> --src atlas-lake-sync.zip
With --folder it lays the same files into a folder, for "azd up" to ship.`;

export const command: Command = {
  help,
  options: ['out', 'folder'],
  run: async ({ out, folder }, { write }) => {
    if (out !== undefined && folder !== undefined)
      throw new CommandError('Cannot package: --out and --folder must be given one at a time: both are');
    await buildBundle();
    write(folder === undefined ? await zipTo(out ?? 'atlas-lake-sync.zip') : await layInto(folder));
  },
};

async function zipTo(out: string): Promise<string> {
  const zip = await zipOfDeployed();
  await writeFile(resolve(root, out), zip).catch((error: unknown) => {
    throw new CommandError(`Cannot package: --out must be a file that can be written: ${out}: ${codeOf(error)}`);
  });
  return `Packaged ${deployedFiles.join(', ')} in ${out} (${Math.round(zip.length / 1024)} KiB)`;
}

async function layInto(folder: string): Promise<string> {
  const there = await readdir(resolve(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  const names = there.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  const ours = new Set(deployedFiles.map((file) => resolve(root, folder, file)));
  const other = names.find((name) => !ours.has(name));
  // What is shipped is the folder as it is: it must be the package and nothing else, and nobody's files are deleted to make it so.
  if (other !== undefined)
    throw new CommandError(`Cannot package: --folder must be new or hold an earlier package alone: it has ${other}`);
  for (const file of deployedFiles) {
    const target = resolve(root, folder, file);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(root, file), target);
  }
  return `Packaged ${deployedFiles.join(', ')} in ${folder}`;
}
