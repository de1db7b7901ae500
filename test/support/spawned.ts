// Runs a command in a separate process, as a person does. Only a process shows exit codes and signals.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';
import type { Environment } from '../../shared/app/setting-reader.ts';
import type { Performed } from './commands.ts';

const flags = ['--disable-warning=ExperimentalWarning', join(root, 'local/run.ts')];

export function spawned(name: string, environment: Environment, ...args: string[]): Promise<Performed> {
  return interrupted(name, environment, new Promise(() => undefined), ...args);
}

/** A person presses Ctrl-C at this moment, once. */
export function interrupted(
  name: string,
  environment: Environment,
  moment: Promise<unknown>,
  ...args: string[]
): Promise<Performed> {
  return new Promise((resolve) => {
    const env = environmentOf(environment);
    const child = execFile(process.execPath, [...flags, name, ...args], { env }, (_error, printed, noted) =>
      resolve({ code: child.exitCode, output: printed + noted, printed }),
    );
    void moment.then(() => child.kill('SIGINT'));
  });
}

/** Starts it, for a test that ends it by a signal. */
export function started(name: string, environment: Environment, ...args: string[]): ChildProcess {
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  return spawn(process.execPath, [...flags, name, ...args], { env: environmentOf(environment), stdio: [...stdio] });
}

/** It inherits only the cache of compiled code from this process: a cold start costs half a second of CPU. */
function environmentOf(environment: Environment): Record<string, string> {
  const { NODE_COMPILE_CACHE } = process.env;
  const given = Object.entries({ NODE_COMPILE_CACHE, ...environment });
  return Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
