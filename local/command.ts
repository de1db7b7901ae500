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
  /** Names of `--name <value>` that may be given several times. */
  readonly lists?: readonly string[];
  readonly run: (
    options: Readonly<Record<string, string | undefined>>,
    lists: Readonly<Record<string, readonly string[]>>,
  ) => Promise<void>;
}

export async function runCommand({ help, options = [], flags = [], lists = [], run }: Command): Promise<void> {
  try {
    const read = readOptions(options, flags, lists);
    if (read === 'help') console.log(help);
    else await run(read.values, read.lists);
  } catch (error) {
    if (!isExpected(error)) throw error;
    console.error(error.message);
    // At once: what a command was waiting for, such as a dead disk, may never end.
    process.exit(1);
  }
}

function readOptions(options: readonly string[], flags: readonly string[], lists: readonly string[]) {
  if (process.argv.includes('--help') || process.argv.includes('-h')) return 'help';
  const known = [
    ...options.map((name) => [name, { type: 'string' }] as const),
    ...flags.map((name) => [name, { type: 'boolean' }] as const),
    ...lists.map((name) => [name, { type: 'string', multiple: true }] as const),
  ];
  // A shell makes many words of `--file dump/*.bson`: those behind the first belong to the list too.
  const [list] = lists;
  const { values, positionals } = parseArgs({
    options: Object.fromEntries(known),
    allowPositionals: lists.length === 1,
  });
  const found = new Map(Object.entries(values));
  const single = [...found].filter(([name]) => !lists.includes(name));
  const several = lists.map((name): [string, string[]] => {
    const given = [found.get(name) ?? [], name === list ? positionals : []].flat();
    return [name, given.map(String)];
  });
  return {
    values: Object.fromEntries(single.map(([name, value]): [string, string] => [name, String(value)])),
    lists: Object.fromEntries(several),
  };
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
