// What all commands share: their help, and how they end when something expected stands in the way.
import { parseArgs } from 'node:util';

/** Something that the person at the terminal can put right: shown as it is, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface Command {
  readonly help: string;
  /** Names of `--name <value>`. */
  readonly options?: readonly string[];
  /** Names of `--name`, which a run gets as 'true'. */
  readonly flags?: readonly string[];
  readonly run: (options: Readonly<Record<string, string | undefined>>) => Promise<void>;
}

export async function runCommand({ help, options = [], flags = [], run }: Command): Promise<void> {
  try {
    const values = readOptions(options, flags);
    if (values['help'] === undefined) await run(values);
    else console.log(help);
  } catch (error) {
    if (!isExpected(error)) throw error;
    console.error(error.message);
    // At once: what a command was waiting for, such as a dead disk, may never end.
    process.exit(1);
  }
}

function readOptions(
  options: readonly string[],
  flags: readonly string[],
): Readonly<Record<string, string | undefined>> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) return { help: '' };
  const known = [
    ...options.map((name) => [name, 'string'] as const),
    ...flags.map((name) => [name, 'boolean'] as const),
  ];
  const { values } = parseArgs({ options: Object.fromEntries(known.map(([name, type]) => [name, { type }])) });
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function isExpected(error: unknown): error is Error {
  if (error instanceof CommandError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

/** The system's own word for what went wrong, such as EACCES; behind `fetch` it stands in the cause. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.message : codeOf(error.cause);
}
