// One script of a source and everything that it imports. What the source imports only while it runs, `import(…)`, becomes files
// beside it: V8 compiles a file when it is read, and a change event needs half of what the app holds.
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

/** The scripts of the imports of `source`, by paths from the root. `main.cjs` is the script to load, and comes last. */
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
    // The first is built into the Functions runtime, and nowhere else to be had. The other reads listings of containers in a format
    // that is never asked for.
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

/** As `require`: `import()` would use the loader of ES modules, and read each file twice. */
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

/** Puts the code that ajv makes of the schema in the place of ajv: compiling at start would cost 20 ms of each cold start. */
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
 * The storage SDK holds a checksum in WebAssembly, an eighth of the zip, for uploads and downloads that ask for it by
 * `contentChecksumAlgorithm`. None does.
 */
const withoutChecksum: Plugin = {
  name: 'without-checksum',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[/\\]storage-common[/\\]dist[/\\]esm[/\\]crc64\.js$/ }, () => ({
      contents: `export default () => { throw new Error('Cannot compute a CRC64 checksum: it is not part of what is deployed'); };`,
    }));
  },
};
