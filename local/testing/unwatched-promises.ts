// Loaded by `--import` before the lane of one process. Node's test runner watches every promise by a hook of
// async_hooks, to know which test an error belongs to. The hook costs tests that wait often 10 to 25 % of their CPU
// time. It is needed only while files load, because suites find their parent by it:
// docs/decisions/049-no-hook-on-promises.md.
import { type AsyncHook, createHook } from 'node:async_hooks';

let watching: AsyncHook | undefined;
const hooks: AsyncHook = Object.getPrototypeOf(createHook({}));
const { enable } = hooks;

hooks.enable = function (this: AsyncHook): AsyncHook {
  // The runner's hook is the first. Any other hook has its way.
  hooks.enable = enable;
  watching = this;
  return enable.call(this);
};

export function stopWatching(): void {
  watching?.disable();
}
