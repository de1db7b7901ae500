// npm run package: makes the package to deploy, as a zip or a folder, for a deployment without the Functions Core
// Tools.
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { buildBundle, bundleFolder, removeOtherScripts } from '../build.ts';
import { type Command, CommandError, reasonOf } from '../command.ts';
import { deployedFiles, isDeployed, zipOfDeployed } from '../deployed-files.ts';
import { root } from '../paths.ts';

const help = `npm run package [-- --out <file> | --folder <folder>]

Builds the bundle and zips the files to deploy. To deploy them:
  az functionapp deployment source config-zip --resource-group <group> --name <app> --src atlas-lake-sync.zip

  --out <file>       the zip. Default: atlas-lake-sync.zip
  --folder <folder>  copies the files into a folder instead. "azd up" deploys that folder`;

export const command: Command = {
  help,
  options: ['out', 'folder'],
  run: async ({ out, folder }, { write }) => {
    if (out !== undefined && folder !== undefined)
      throw new CommandError('Cannot package: only one of --out and --folder must be given: both are');
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
  // azd deploys the whole folder, so it must hold the package only. We never delete files of others.
  if (other !== undefined)
    throw new CommandError(`Cannot package: --folder must be new, or hold only an earlier package: it has ${other}`);
  for (const name of names) await rm(name);
  for (const file of await deployedFiles()) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await copyFile(join(root, file), join(target, file));
  }
  return `Packaged host.json, package.json and ${bundleFolder}/ in ${folder}`;
}
