// Imported before anything that waits: pauses then take a twentieth of their time in this process, so that proofs by the thousand
// can let tries fail. Deadlines keep theirs, so that a busy machine meets none, but where they are what a proof waits for.
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const { setTimeout: pause } = timers;
Object.assign(timers, { setTimeout: (ms = 0, ...rest: unknown[]) => Reflect.apply(pause, timers, [ms / 20, ...rest]) });
syncBuiltinESMExports();

/** For the rest of the process. */
export function hastenDeadlines(factor: number): void {
  const { setTimeout: later } = globalThis;
  const sooner = (callback: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
    later(callback, ms / factor, ...given);
  globalThis.setTimeout = Object.assign(sooner, later);
}
