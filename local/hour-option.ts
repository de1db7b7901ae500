// Reads `--from` and `--to`: a day or an hour in UTC.
import { hourOfMs, hourStartMs } from '../shared/tables/lake-files.ts';
import { CommandError } from './command.ts';

/** Returns the name of the hour, such as `2026-11-20T10`. A day means its first hour. */
export function hourOption(doing: string, name: string, text: string): string {
  const [, day, hour = '00'] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::00(?::00(?:\.000)?)?)?Z?)?$/.exec(text) ?? [];
  const named = `${day}T${hour}`;
  const ms = hourStartMs(named);
  // 30 February would be an hour of March.
  if (!Number.isNaN(ms) && hourOfMs(ms) === named) return named;
  throw new CommandError(
    `Cannot ${doing}: ${name} must be a day or an hour in UTC, such as 2026-11-20 or 2026-11-20T10: it is ${JSON.stringify(text)}`,
  );
}
