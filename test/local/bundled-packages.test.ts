import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../local/paths.ts';

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
});

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
