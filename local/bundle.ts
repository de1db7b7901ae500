// Bundles a source and its imports into one script. A module that is loaded by `import(…)` becomes a file of its own:
// V8 compiles a file when it reads it, and a change event needs only half of the app.
import { dirname } from 'node:path';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build, type Plugin, transform } from 'esbuild';
import { root } from './paths.ts';

/** Names stay as they are, so that a stack trace in production can be read. */
const minify = { minifyWhitespace: true, minifySyntax: true, legalComments: 'none', target: 'node24' } as const;

export interface Script {
  readonly name: string;
  readonly text: string;
}

/** Bundles the imports of `source`, whose paths begin at the root. `main.cjs` is the script to load, and comes last. */
export async function bundled(source: string): Promise<readonly Script[]> {
  const { outputFiles } = await build({
    ...minify,
    absWorkingDir: root,
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    write: false,
    platform: 'node',
    // Only ES modules can be split. Shared code becomes a file of its own, so that nothing is loaded twice.
    format: 'esm',
    splitting: true,
    outdir: root,
    outExtension: { '.js': '.cjs' },
    entryNames: 'main',
    // A digest of the content: a running app never meets a file of another build.
    chunkNames: '[name]-[hash]',
    // Only the Functions runtime has the first. The other reads a list format that we never request.
    external: ['@azure/functions-core', 'apache-arrow'],
    plugins: [compiledValidator, withoutChecksum],
    logLevel: 'warning',
  });
  const scripts = outputFiles.map(async ({ path, text }) => ({
    name: path.slice(root.length + 1),
    text: await toCommonJs(text),
  }));
  return (await Promise.all(scripts)).sort((one, other) => Number(one.name === main) - Number(other.name === main));
}

const main = 'main.cjs';

/** Loads files by `require`: `import()` would use the loader of ES modules, and read each file twice. */
async function toCommonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    ...minify,
    format: 'cjs',
    platform: 'node',
    supported: { 'dynamic-import': false },
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return code;
}

/** Replaces ajv by the code that it makes of the schema. Each cold start saves 20 ms for the compilation. */
export const compiledValidator: Plugin = {
  name: 'compiled-validator',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[/\\]events[/\\]change-event-validator\.ts$/ }, async ({ path }) => {
      const { ajv, isPlaceable } = await import('../shared/events/change-event-validator.ts');
      const contents = `${standaloneCode.default(ajv, isPlaceable)}\nexport const isPlaceable = validate;`;
      return { contents, loader: 'js', resolveDir: dirname(path) };
    });
  },
};

/**
 * Removes a checksum in WebAssembly from the storage SDK, an eighth of the zip. Only requests with
 * `contentChecksumAlgorithm` use it, and we send none.
 */
const withoutChecksum: Plugin = {
  name: 'without-checksum',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[/\\]storage-common[/\\]dist[/\\]esm[/\\]crc64\.js$/ }, () => ({
      contents: `export default () => { throw new Error('Cannot compute a CRC64 checksum: it is not part of what is deployed'); };`,
    }));
  },
};
