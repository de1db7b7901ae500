// npm run build: makes everything that `func azure functionapp publish` needs.
import { relative } from 'node:path';
import { atlasFunctionsFolder, buildAtlasFunctions } from '../atlas-functions.ts';
import { buildBundle, bundleFolder, removeOtherScripts } from '../build.ts';
import type { Command } from '../command.ts';
import { root } from '../paths.ts';
import { checkTypes } from '../run-step.ts';

export const command: Command = {
  help: `npm run build

Checks the types, bundles the functions to dist/, and builds the Atlas functions to atlas-app/functions/. To deploy them:
  func azure functionapp publish <app> --javascript   for dist/
  npm run atlas:deploy                                for the Atlas functions`,
  run: async (_options, { write, note }) => {
    note('Checking types …');
    await checkTypes();
    note('Bundling the functions …');
    const scripts = await buildBundle();
    await removeOtherScripts(scripts);
    const bytes = scripts.reduce((sum, { text }) => sum + text.length, 0);
    write(
      `Built ${bundleFolder}/ (${Math.round(bytes / 1000)} KB). To deploy it: func azure functionapp publish <app> --javascript`,
    );
    note('Building the Atlas functions …');
    await buildAtlasFunctions();
    write(`Built ${relative(root, atlasFunctionsFolder)}/. To deploy them: npm run atlas:deploy`);
  },
};
