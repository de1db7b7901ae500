// Runs the lane with one shared process: node <test flags> load-files.ts <files>. Each file becomes a suite. So it has its own
// hooks, and every failure has the file's name.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../paths.ts';

/** The limit for one file. A longer test waits for something that never comes. */
const fileMs = 240_000;

let running = 'no test';
beforeEach((t) => {
  if ('fullName' in t) running = t.fullName;
});
// A test that ends the process ends the tests of all files. This line names it.
process.on('exit', (code) => void writeSync(2, `Ended with code ${code} in: ${running}\n`));

for (const file of process.argv.slice(2))
  describe(file, { timeout: fileMs }, async () => {
    await import(pathToFileURL(join(root, file)).href);
  });
