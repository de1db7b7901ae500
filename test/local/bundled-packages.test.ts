import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../local/paths.ts';
import { temporaryFolder } from '../support/lakes.ts';

const run = promisify(execFile);

describe('loadBundledPackages()', () => {
  it('gives everything that the packages of Azure export, with the classes that they share', async () => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });

    const { places, exports, sameError } = JSON.parse(stdout);
    for (const place of places) assert.match(place, /\/node_modules\/\.cache\/azure-/);
    assert.deepEqual(exports, [
      Object.keys(await import('@azure/storage-blob')),
      Object.keys(await import('@azure/storage-file-datalake')),
    ]);
    assert.equal(sameError, true);
  });

  it('loads the packages as they are where no bundle can be made', async (t) => {
    const folder = await temporaryFolder(t);
    const blobPackage = join(folder, 'node_modules/@azure/storage-blob');
    await mkdir(blobPackage, { recursive: true });
    await mkdir(join(folder, 'local'));
    for (const file of ['local/bundled-packages.ts', 'local/paths.ts'])
      await copyFile(join(root, file), join(folder, file));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(blobPackage, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
    await writeFile(join(blobPackage, 'index.js'), 'export const isPlain = true;');
    await writeFile(join(folder, 'node_modules/.package-lock.json'), '{}');
    await symlink(join(root, 'node_modules/esbuild'), join(folder, 'node_modules/esbuild'));
    await writeFile(join(folder, 'node_modules/.cache'), 'a file in the place of the folder');

    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', plainProgram], {
      cwd: folder,
    });

    assert.deepEqual([stdout, stderr], ['true\n', '']);
  });
});

const plainProgram = `
  const { loadBundledPackages } = await import('./local/bundled-packages.ts');
  loadBundledPackages();
  console.log((await import('@azure/storage-blob')).isPlain);`;

const program = `
  const { loadBundledPackages } = await import('./local/bundled-packages.ts');
  loadBundledPackages();
  const names = ['@azure/storage-blob', '@azure/storage-file-datalake'];
  const [blob, lake] = await Promise.all(names.map((name) => import(name)));
  console.log(JSON.stringify({
    places: names.map((name) => import.meta.resolve(name)),
    exports: [Object.keys(blob), Object.keys(lake)],
    sameError: blob.RestError === lake.RestError,
  }));`;
