// Names each step of a run on the disk, and ends the run before one of them, as a death does. That step and all later
// ones never happen. A file that is written at that moment has half of its bytes.
import { AsyncLocalStorage } from 'node:async_hooks';
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

export interface StepRun {
  readonly steps: string[];
  /** Counts from 1. With 0 the run is complete. */
  readonly dieAt: number;
  readonly die: () => void;
  /** The steps that the disk has already begun. */
  readonly begun: Promise<unknown>[];
  readonly closes: (() => Promise<void>)[];
}

const runs = new AsyncLocalStorage<StepRun>();

export function newRun(dieAt: number, die: () => void): StepRun {
  return { steps: [], dieAt, die, begun: [], closes: [] };
}

let whole: StepRun | undefined;

/** Every step of this process belongs to `run`. */
export function trace(run: StepRun): void {
  whole = run;
}

export type Ended<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'died' };

/** Does the work in this process, up to the step at which it dies. */
export async function untilStep<T>(dieAt: number, work: () => Promise<T>): Promise<Ended<T> & { steps: string[] }> {
  const death = Promise.withResolvers<{ kind: 'died' }>();
  const run = newRun(dieAt, () => death.resolve({ kind: 'died' }));
  const done = runs.run(run, async () => ({ kind: 'done' as const, value: await work() }));
  const ended = await Promise.race([done, death.promise]);
  // A dead process holds no file open, and its last steps have reached the disk or have not.
  await Promise.allSettled(run.begun);
  if (ended.kind === 'died') for (const close of run.closes) await close();
  return { ...ended, steps: run.steps };
}

async function take<T>(step: string, act: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
  const run = runs.getStore() ?? whole;
  if (run === undefined) return await act();
  run.steps.push(step);
  const isLast = run.steps.length === run.dieAt;
  if (isLast) {
    await half?.();
    run.die();
  }
  if (run.dieAt > 0 && run.steps.length >= run.dieAt) return await new Promise<T>(() => undefined);
  const acting = act();
  run.begun.push(acting);
  return await acting;
}

/** Staged files have random names. */
function nameOf(path: unknown): string {
  return basename(String(path)).replace(/^.*\.tmp$/, 'staged');
}

for (const name of ['mkdir', 'link', 'rename', 'rm', 'readdir', 'stat'] as const) {
  const original = fs[name];
  const traced = (...given: unknown[]): Promise<unknown> => {
    const path = nameOf(given.at(name === 'link' || name === 'rename' ? 1 : 0));
    return take(`${name} ${path}`, () => Reflect.apply(original, fs, given));
  };
  Object.assign(fs, { [name]: traced });
}

const { open } = fs;
const tracedOpen = (...given: Parameters<typeof open>): Promise<FileHandle> =>
  take(`open ${nameOf(given[0])}`, async () => {
    const file = await open(...given);
    return Object.assign(file, tracedHandle(file, nameOf(given[0])));
  });
Object.assign(fs, { open: tracedOpen });

function tracedHandle(file: FileHandle, name: string): Partial<FileHandle> {
  const { writeFile, sync, close } = file;
  runs.getStore()?.closes.push(() => (file.fd === -1 ? Promise.resolve() : close.apply(file)));
  return {
    writeFile: (...given) => {
      const [content] = given;
      const half = async () => content instanceof Uint8Array && file.write(content, 0, content.length >> 1, 0);
      return take(`write ${name}`, () => writeFile.apply(file, given), half);
    },
    sync: () => take(`sync ${name}`, () => sync.apply(file)),
    close: () => take(`close ${name}`, () => close.apply(file)),
  };
}

syncBuiltinESMExports();
