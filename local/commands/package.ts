// npm run package: what is deployed, as a zip or as a folder, for those who deploy without the Functions Core Tools.
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { buildBundle, bundleFolder, removeOtherScripts } from '../build.ts';
import { type Command, CommandError, reasonOf } from '../command.ts';
import { deployedFiles, isDeployed, zipOfDeployed } from '../deployed-files.ts';
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
    await removeOtherScripts(await buildBundle());
    write(folder === undefined ? await zipTo(out ?? 'atlas-lake-sync.zip') : await layInto(folder));
  },
};

async function zipTo(out: string): Promise<string> {
  const zip = await zipOfDeployed();
  await writeFile(resolve(root, out), zip).catch((error: unknown) => {
    throw new CommandError(`Cannot package: --out must be a file that can be written: ${out}: ${reasonOf(error)}`);
  });
  return `Packaged host.json, package.json and ${bundleFolder}/ in ${out} (${Math.round(zip.length / 1000)} KB)`;
}

async function layInto(folder: string): Promise<string> {
  const target = resolve(root, folder);
  const there = await readdir(target, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = there.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  const other = names.find((name) => !isDeployed(relative(target, name).replaceAll('\\', '/')));
  // What is shipped is the folder as it is: it must be the package and nothing else, and nobody's files are deleted to make it so.
  if (other !== undefined)
    throw new CommandError(`Cannot package: --folder must be new or hold an earlier package alone: it has ${other}`);
  for (const name of names) await rm(name);
  for (const file of await deployedFiles()) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await copyFile(join(root, file), join(target, file));
  }
  return `Packaged host.json, package.json and ${bundleFolder}/ in ${folder}`;
}
