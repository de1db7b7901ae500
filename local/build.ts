// The bundle that is deployed: all functions and what they need in one file, because reading thousands takes longer than
// everything else a cold start does.
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build, type Plugin } from 'esbuild';
import { root } from './paths.ts';

export const bundleFile = 'dist/main.cjs';

export async function buildBundle(): Promise<void> {
  const contents = await bundled(await importsOf('functions'));
  const bundle = join(root, bundleFile);
  await mkdir(dirname(bundle), { recursive: true });
  // Put in its place in one step: another command may be loading it.
  await writeFile(`${bundle}.${process.pid}`, contents);
  await rename(`${bundle}.${process.pid}`, bundle);
}

/** Every file of functions/ is an Azure Function, so that a new one is deployed without another word. */
export async function importsOf(folder: string): Promise<string> {
  const files = (await readdir(join(root, folder))).filter((name) => name.endsWith('.ts')).sort();
  return files.map((name) => `import ${JSON.stringify(`./${folder}/${name}`)};`).join('\n');
}

/** One script of what `source` imports, by paths from the root. */
export async function bundled(source: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    write: false,
    // Names stay as they are, so that a stack trace in production can be read. Shortened and then kept by esbuild's `keepNames`, they
    // would cost each start, and each function that is made while an event is handled.
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // The first is built into the Functions runtime, and nowhere else to be had. The other reads listings of containers in a format
    // that is never asked for, and would be a sixth of the bundle.
    external: ['@azure/functions-core', 'apache-arrow'],
    plugins: [compiledValidator],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** Puts the code that ajv makes of the schema in the place of ajv: compiling at start would cost 20 ms of each cold start. */
const compiledValidator: Plugin = {
  name: 'compiled-validator',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[/\\]events[/\\]change-event-validator\.ts$/ }, async ({ path }) => {
      const { ajv, isPlaceable } = await import('../shared/events/change-event-validator.ts');
      const contents = `${standaloneCode.default(ajv, isPlaceable)}\nexport const isPlaceable = validate;`;
      return { contents, loader: 'js', resolveDir: dirname(path) };
    });
  },
};
