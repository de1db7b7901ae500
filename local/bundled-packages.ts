// Loads the storage packages of Azure from a few files. They have 300 modules, and finding, reading and linking these
// is half of the start of a command. The first command after an install makes the files.
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.ts';

const packages = new Map([
  ['@azure/storage-blob', 'storage-blob.mjs'],
  ['@azure/storage-file-datalake', 'storage-file-datalake.mjs'],
]);
const modules = join(root, 'node_modules');

/** For every later `import` of this process. */
export function loadBundledPackages(): void {
  let folder: string | undefined;
  module.registerHooks({
    resolve: (specifier, context, resolveNext) => {
      const file = packages.get(specifier);
      if (file === undefined) return resolveNext(specifier, context);
      folder ??= bundleFolder();
      if (folder === '') return resolveNext(specifier, context);
      return { url: pathToFileURL(join(folder, file)).href, format: 'module', shortCircuit: true };
    },
  });
}

/** Empty if there can be no bundle, for example where nobody may write. Then the packages load as they are. */
function bundleFolder(): string {
  try {
    // npm writes this file at every install. So the packages of another install have another bundle.
    const installed = statSync(join(modules, '.package-lock.json')).mtimeMs;
    const folder = join(modules, '.cache', `azure-${installed}`);
    if (!existsSync(folder)) bundleInto(folder);
    return folder;
  } catch {
    return '';
  }
}

/** Other commands can do the same at this moment. */
function bundleInto(folder: string): void {
  const made = `${folder}.${process.pid}`;
  bundle(made);
  try {
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function bundle(outdir: string): void {
  const require = createRequire(import.meta.url);
  const { buildSync }: typeof import('esbuild') = require('esbuild');
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  buildSync({
    absWorkingDir: root,
    entryPoints: [...packages].map(([name, file]) => ({ in: name, out: file.slice(0, -'.mjs'.length) })),
    outdir,
    bundle: true,
    // Both packages share classes, such as the one of their errors.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minifyWhitespace: true,
    legalComments: 'none',
    outExtension: { '.js': '.mjs' },
    banner: { js: banner },
    // It reads a list format that we never request.
    external: ['apache-arrow'],
    logLevel: 'silent',
  });
}
