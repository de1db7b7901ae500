// Loaded by `--import` before the tests. Node's test runner watches every promise by a hook of async_hooks, to know which
// test an error belongs to. The hook costs 10 to 25 % of the CPU of tests that wait often. The order of the files is
// enough for us: docs/decisions/049-no-hook-on-promises.md.
import { type AsyncHook, createHook } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import { basename } from 'node:path';
import { inspect } from 'node:util';

let watching: AsyncHook | undefined;
const hooks: AsyncHook = Object.getPrototypeOf(createHook({}));
const { enable } = hooks;

hooks.enable = function (this: AsyncHook): AsyncHook {
  // The runner's hook is the first. Any other hook has its way.
  hooks.enable = enable;
  watching = this;
  // A suite that loads its file in steps finds its place by the hook, so that lane stops it when all files are loaded.
  return basename(process.argv[1] ?? '') === 'load-files.ts' ? enable.call(this) : this;
};

export function stopWatching(): void {
  watching?.disable();
}

// In the process of one file, the runner reports such an error without its text.
if (process.env['NODE_TEST_CONTEXT'] !== undefined)
  for (const event of ['uncaughtExceptionMonitor', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => void writeSync(2, `Nobody caught: ${inspect(error)}\n`));
