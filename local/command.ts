// What all commands share. A command is a value, so that a test runs it in its own process:
//
//   local/commands/tables.ts       export const command: Command = { help, options: ['from'], run: async ({ from }, terminal) => … };
//   test/local/tables.test.ts      await performed(command, environment, '--from', '2026-11-20')      (test/support/commands.ts)
//   package.json                   "tables": "node local/bootstrap.mjs tables"
//
// `run` reads the environment and prints through its second argument only. local/run.ts connects that with a real
// terminal.

import { parseArgs } from 'node:util';
import type { Environment } from '../shared/app/setting-reader.ts';
import { codeOf } from '../shared/lake/fault.ts';
import { printableLines } from './printable.ts';

/** A problem that the person at the terminal can fix. Its message is shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export type Options = Readonly<Record<string, string | undefined>>;

export interface Command {
  readonly help: string;
  /** Names of `--name <value>`. */
  readonly options?: readonly string[];
  /** Names of `--name <value>` that may be repeated: `terminal.lists` has their values. */
  readonly lists?: readonly string[];
  /** Names of `--name`. A run gets each as 'true'. */
  readonly flags?: readonly string[];
  /** Arguments without a name are allowed: `terminal.words` has them. */
  readonly takesWords?: boolean;
  /** The exit code for arguments that it cannot read. The default is 1. */
  readonly faultCode?: number;
  /** Returns the exit code. Undefined means 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most commands have no code of their own to return.
  readonly run: (options: Options, terminal: Terminal) => Promise<number | void>;
}

/** The terminal of a run. */
export interface Surroundings {
  readonly environment: Environment;
  /** Prints a line, or several, to standard output. */
  readonly write: (line: string) => void;
  /** Prints a line to standard error: progress and problems. */
  readonly note: (line: string) => void;
  /** Resolves when somebody asks the command to end (Ctrl-C). A command that does not call this ends at once. */
  readonly stopped: () => Promise<unknown>;
}

export interface Terminal extends Surroundings {
  readonly words: readonly string[];
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** Ends at Ctrl-C. */
export function stopSignal(stopped: Surroundings['stopped']): AbortSignal {
  const stop = new AbortController();
  void stopped().then(() => stop.abort());
  return stop.signal;
}

/** Runs a command and returns its exit code. Throws unexpected errors only. */
export async function perform(command: Command, args: readonly string[], around: Surroundings): Promise<number> {
  try {
    if (args.includes('--help') || args.includes('-h')) {
      around.write(command.help);
      return 0;
    }
    const { options, lists, words } = readArguments(command, args);
    return (await command.run(options, { ...around, lists, words })) ?? 0;
  } catch (error) {
    if (!isExpected(error)) throw error;
    around.note(printableLines(error instanceof CommandError ? error.message : unreadable(error.message)));
    return command.faultCode ?? 1;
  }
}

/** Node's own message, without its advice to escape a word: `Unknown option '--prot'. To specify …`. */
function unreadable(message: string): string {
  const [problem = ''] = message.split(/\.(?=\s|$)|\n/);
  return `Cannot read the arguments: ${problem.charAt(0).toLowerCase()}${problem.slice(1)}: --help shows what is possible`;
}

function readArguments({ options = [], lists = [], flags = [], takesWords = false }: Command, args: readonly string[]) {
  const known = [
    ...options.map((name) => [name, { type: 'string' }] as const),
    ...flags.map((name) => [name, { type: 'boolean' }] as const),
    ...lists.map((name) => [name, { type: 'string', multiple: true }] as const),
  ];
  // A shell expands `--file dump/*.bson` to many words. Those after the first belong to the list, if the command takes
  // no words.
  const continued = lists.length === 1 && !takesWords ? lists[0] : undefined;
  const allowPositionals = takesWords || continued !== undefined;
  const texts = takesWords ? args.filter(isCommentFirst) : [];
  const named = args.filter((arg) => !texts.includes(arg));
  const { values, positionals } = parseArgs({ args: named, options: Object.fromEntries(known), allowPositionals });
  const given = new Map(Object.entries(values));
  const single = [...given].filter(([name]) => !lists.includes(name));
  const several = lists.map((name): [string, string[]] => {
    const all = [given.get(name) ?? [], name === continued ? positionals : []].flat();
    return [name, all.map(String)];
  });
  return {
    options: Object.fromEntries(single.map(([name, value]): [string, string] => [name, String(value)])),
    lists: Object.fromEntries(several),
    words: [...positionals, ...texts],
  };
}

/** SQL can begin with a comment, such as `-- the newest`. No option has white space in its name. */
function isCommentFirst(arg: string): boolean {
  return /^--[^=\s]*\s/.test(arg);
}

function isExpected(error: unknown): error is Error {
  if (error instanceof CommandError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

/** Returns the system's code of an error, such as EACCES. An error of `fetch` has it in its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return codeOf(error) ?? (error.cause === undefined ? error.message : reasonOf(error.cause));
}
