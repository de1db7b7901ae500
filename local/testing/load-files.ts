// A lane that shares one process: node <test flags> load-files.ts <files>. Each file becomes a suite, so that its hooks
// are its own and every failure carries its name.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { root } from '../paths.ts';
import { stopWatching } from './unwatched-promises.ts';

/** The limit for one file. In a longer run, a test waits for something that never happens. */
const fileMs = 240_000;

let running = 'no test';
beforeEach((t) => {
  if (!('fullName' in t)) return;
  running = t.fullName;
  // Sent here, because the reporter gets no turn while a test blocks the event loop.
  process.send?.({ kind: 'begins', name: running });
});
// A test that ends the process ends the tests of all files. So its name must be reported.
const nameIt = (code: number): void => void writeSync(2, `Ended with code ${code} in: ${running}\n`);
process.on('exit', nameIt);
after(() => process.off('exit', nameIt));

// Tests run one after the other. So the error comes from the running test, or from the test before it.
for (const event of ['uncaughtExceptionMonitor', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    process.send?.({ kind: 'failed', name: running, where: '', error: `Nobody caught: ${inspect(error)}` });
  });

const files = process.argv.slice(2);
let loading = files.length;
for (const file of files)
  describe(file, { timeout: fileMs }, async () => {
    try {
      await import(pathToFileURL(join(root, file)).href);
    } finally {
      if (--loading === 0) stopWatching();
    }
  });
