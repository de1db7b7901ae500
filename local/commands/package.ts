// npm run package: the zip for those who deploy without the Functions Core Tools.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildBundle } from '../build.ts';
import { CommandError, codeOf, runCommand } from '../command.ts';
import { deployedFiles, zipOfDeployed } from '../deployed-files.ts';
import { root } from '../paths.ts';

const help = `npm run package [-- --out <file>]

Builds the bundle and zips what is deployed, to atlas-lake-sync.zip. To ship it:
  az functionapp deployment source config-zip --resource-group <group> --name <app> --src atlas-lake-sync.zip`;

await runCommand({
  help,
  options: ['out'],
  run: async ({ out = 'atlas-lake-sync.zip' }) => {
    await buildBundle();
    const zip = await zipOfDeployed();
    await writeFile(resolve(root, out), zip).catch((error: unknown) => {
      throw new CommandError(`Cannot package: --out must be a file that can be written: ${out}: ${codeOf(error)}`);
    });
    console.log(`Packaged ${deployedFiles.join(', ')} in ${out} (${Math.round(zip.length / 1024)} KiB)`);
  },
});
