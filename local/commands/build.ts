// npm run build: everything that `func azure functionapp publish` needs.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildBundle, bundleFile } from '../build.ts';
import { runCommand } from '../command.ts';
import { root } from '../paths.ts';
import { runStep } from '../run-step.ts';

await runCommand({
  help: 'npm run build\n\nChecks the types and bundles the functions to dist/. After it, "func azure functionapp publish <app>" ships them.',
  run: async () => {
    await runStep('types', 'tsc');
    await buildBundle();
    const { size } = await stat(join(root, bundleFile));
    console.log(
      `Built ${bundleFile} (${Math.round(size / 1024)} KiB). To ship it: func azure functionapp publish <app>`,
    );
  },
});
