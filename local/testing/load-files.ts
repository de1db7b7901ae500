// The lane that shares one process: node <test flags> load-files.ts <files>. Each file becomes a suite, so that its hooks are its
// own and every failure carries its name.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../paths.ts';

/** For one file: longer is a test that waits for what never comes. */
const fileMs = 240_000;

let running = 'no test';
beforeEach((t) => {
  if ('fullName' in t) running = t.fullName;
});
// A test that ends the process ends the tests of all files: its name must not be lost.
process.on('exit', (code) => void writeSync(2, `Ended with code ${code} in: ${running}\n`));

for (const file of process.argv.slice(2))
  describe(file, { timeout: fileMs }, async () => {
    await import(pathToFileURL(join(root, file)).href);
  });
