// The apps that are measured, each in a folder as it would be deployed.
import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundled } from '../../local/bundle.ts';
import { root } from '../../local/paths.ts';
import { copyDeployedApp } from '../support/deployed-app.ts';

export interface Apps {
  /** The deployed files. */
  readonly ours: string;
  /** The same sources, compiled file by file, beside their node_modules. */
  readonly unbundled: string;
  /** The simulated runtime is compiled too, so that its start does not cost more than the app's. */
  readonly worker: string;
  readonly reference: string;
}

export async function buildApps(folder: string): Promise<Apps> {
  const [ours, unbundled, reference] = await Promise.all([
    copyDeployedApp(join(folder, 'ours')),
    unbundledApp(join(folder, 'unbundled')),
    referenceApp(join(folder, 'reference')),
  ]);
  return { ours, unbundled, reference, worker: join(unbundled, 'test/support/worker.js') };
}

async function unbundledApp(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const emitting = ['--noEmit', 'false', '--noCheck', '--rewriteRelativeImportExtensions', '--outDir', folder];
  const config = {
    extends: join(root, 'tsconfig.json'),
    include: ['functions', 'shared', 'test/support/worker.ts'].map((one) => join(root, one)),
  };
  const project = join(folder, 'tsconfig.json');
  await writeFile(
    project,
    JSON.stringify({ ...config, compilerOptions: { rootDir: root, typeRoots: [join(root, 'node_modules/@types')] } }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '--project', project, ...emitting]);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await writeFile(join(folder, 'main.js'), "import './functions/change-events.js'; import './functions/health.js';\n");
  return await asApp(folder, { type: 'module', main: 'main.js' });
}

async function referenceApp(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const scripts = await bundled("import './test/bench/reference-app.ts';");
  for (const { name, text } of scripts) await writeFile(join(folder, name), text);
  return await asApp(folder, { main: 'main.cjs' });
}

async function asApp(folder: string, manifest: Readonly<Record<string, string>>): Promise<string> {
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await cp(join(root, 'host.json'), join(folder, 'host.json'));
  return folder;
}
