// npm run package: the zip for those who deploy without the Functions Core Tools.
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { zipSync } from 'fflate';
import { buildBundle } from '../build.ts';
import { CommandError, codeOf, runCommand } from '../command.ts';
import { deployedFiles } from '../deployed-files.ts';
import { root } from '../paths.ts';

const help = `npm run package [-- --out <file>]

Builds the bundle and zips what is deployed, to atlas-lake-sync.zip. To ship it:
  az functionapp deployment source config-zip --resource-group <group> --name <app> --src atlas-lake-sync.zip`;

/** Zip keeps times; one that is always the same makes the same zip of the same sources. */
const timeOfAll = new Date('2026-01-01T00:00:00Z');

await runCommand({
  help,
  options: ['out'],
  run: async ({ out = 'atlas-lake-sync.zip' }) => {
    await buildBundle();
    const files = deployedFiles.map(async (file) => [file, await readFile(join(root, file))] as const);
    const zip = zipSync(Object.fromEntries(await Promise.all(files)), { level: 9, mtime: timeOfAll });
    await writeFile(resolve(root, out), zip).catch((error: unknown) => {
      throw new CommandError(`Cannot package: --out must be a file that can be written: ${out}: ${codeOf(error)}`);
    });
    console.log(`Packaged ${deployedFiles.join(', ')} in ${out} (${Math.round(zip.length / 1024)} KiB)`);
  },
});
