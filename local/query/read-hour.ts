// `--from` and `--to`: a day or an hour in UTC → the name of an hour.
import { CommandError } from '../command.ts';

export function readHour(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, day, hour = '00'] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::00(?::00(?:\.000)?)?)?Z?)?$/.exec(text) ?? [];
  const named = `${day}T${hour}`;
  const ms = Date.parse(`${named}:00:00.000Z`);
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(named)) return named;
  throw new CommandError(
    `Cannot query: ${name} must be a day or an hour in UTC, such as 2026-11-20 or 2026-11-20T10: it is ${JSON.stringify(text)}`,
  );
}
