// The commands of local/commands/: in this process, as most tests run them, or as a person does, in a process of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Command, perform } from '../../local/command.ts';
import { root } from '../../local/paths.ts';
import type { Environment } from '../../shared/app/setting-reader.ts';

export interface Performed {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
  readonly printed: string;
}

/** Runs a command here. Nobody stops it. */
export async function performed(command: Command, environment: Environment, ...args: string[]): Promise<Performed> {
  const lines: string[] = [];
  const printed: string[] = [];
  const code = await perform(command, args, {
    environment,
    write: (line) => {
      lines.push(`${line}\n`);
      printed.push(`${line}\n`);
    },
    note: (line) => lines.push(`${line}\n`),
    stopped: () => new Promise(() => undefined),
  });
  return { code, output: lines.join(''), printed: printed.join('') };
}

const flags = ['--disable-warning=ExperimentalWarning', join(root, 'local/run.ts')];

/** Runs it in a process of its own: for exit codes, signals, and what only a real process can show. */
export function spawned(name: string, environment: Environment, ...args: string[]): Promise<Performed> {
  return new Promise((resolve) => {
    const env = environmentOf(environment);
    const child = execFile(process.execPath, [...flags, name, ...args], { env }, (_error, printed, noted) =>
      resolve({ code: child.exitCode, output: printed + noted, printed }),
    );
  });
}

/** Starts it, for a test that ends it by a signal. */
export function started(name: string, environment: Environment, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [...flags, name, ...args], { env: environmentOf(environment), stdio: 'ignore' });
}

/** Nothing of this process, save where compiled code is kept: a cold start costs half a second of CPU. */
function environmentOf(environment: Environment): Record<string, string> {
  const { NODE_COMPILE_CACHE } = process.env;
  const given = Object.entries({ NODE_COMPILE_CACHE, ...environment });
  return Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
