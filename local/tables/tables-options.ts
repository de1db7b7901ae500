// Reads the options of `npm run tables`: the action, hours, collections, ages.
import { pathName } from '../../shared/lake/path-name.ts';
import { type Collection, type HourRange, hourStartMs } from '../../shared/tables/lake-files.ts';
import { CommandError } from '../command.ts';
import { hourOption } from '../hour-option.ts';

const actions = ['compact', 'prune', 'orphans'] as const;

export type TablesAction = (typeof actions)[number];

/** Undefined without a word. The command then shows the tables. */
export function readAction(words: readonly string[]): TablesAction | undefined {
  const [word] = words;
  const action = actions.find((name) => name === word);
  const names = actions.join(', ').replace(/, (?=\w+$)/, ' and ');
  if (words.length > 1)
    throw new CommandError(
      `Cannot run tables: only one of ${names} must be given: there are ${JSON.stringify(words.join(' '))}`,
    );
  if (word !== undefined && action === undefined)
    throw new CommandError(
      `Cannot run tables: the word after "--" must be one of ${names}: it is ${JSON.stringify(word)}`,
    );
  return action;
}

/** A missing `from` or `to` means no limit. */
export function readHours(from: string | undefined, to: string | undefined): HourRange {
  const range = {
    fromMs: from === undefined ? Number.NEGATIVE_INFINITY : startOf('--from', from),
    toMs: to === undefined ? Number.POSITIVE_INFINITY : startOf('--to', to),
  };
  if (range.fromMs >= range.toMs)
    throw new CommandError(`Cannot compact: --to must be after --from: ${to} is not after ${from}`);
  return range;
}

function startOf(name: string, text: string): number {
  return hourStartMs(hourOption('compact', name, text));
}

/** Reads `shop.orders`. `shop.` means the events of the whole database, and `.` those without a database. */
export function readCollection(text: string | undefined): Collection | undefined {
  if (text === undefined) return undefined;
  const dot = text.indexOf('.');
  if (dot === -1)
    throw new CommandError(
      `Cannot find the table: --collection must be <database>.<collection>: it is ${JSON.stringify(text)}`,
    );
  return { db: folderOf(text.slice(0, dot)), coll: folderOf(text.slice(dot + 1)) };
}

function folderOf(name: string): string {
  return name === '' ? '~' : pathName(name);
}

/** Returns the milliseconds of `30d` or `12h`. */
export function readOlderThan(text: string | undefined, days: number): number {
  if (text === undefined) return days * 86_400_000;
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  if (count === undefined)
    throw new CommandError(
      `Cannot remove files: --older-than must be days or hours, such as 30d or 12h: it is ${JSON.stringify(text)}`,
    );
  return Number(count) * (unit === 'd' ? 86_400_000 : 3_600_000);
}

/** The options that each action takes. Without an action only --json is possible. */
const optionsOf: Readonly<Record<TablesAction, readonly string[]>> = {
  compact: ['from', 'to', 'collection'],
  prune: ['older-than', 'collection', 'yes'],
  orphans: ['older-than', 'collection', 'yes'],
};

/** An option that is ignored can cost files: "prune --from" would remove those before that hour too. */
export function refuseOthers(action: TablesAction | undefined, given: Readonly<Record<string, unknown>>): void {
  const taken = action === undefined ? [] : optionsOf[action];
  const other = Object.keys(given).find((name) => given[name] !== undefined && !taken.includes(name));
  if (other === undefined) return;
  const takes = actions.filter((name) => optionsOf[name].includes(other));
  throw new CommandError(
    `Cannot ${action ?? 'show tables'}: --${other} must come with ${takes.join(' or ')}: it comes ${action === undefined ? 'alone' : `with ${action}`}`,
  );
}
