// A command of local/commands/, run in this process.
import { type Command, perform } from '../../local/command.ts';
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
