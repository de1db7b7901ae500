// Options of `npm run query` and `npm run views` that are numbers.
import { CommandError } from '../command.ts';

export interface CountOption {
  readonly name: string;
  readonly byDefault: number;
  readonly most: number;
}

export const sampleOption: CountOption = { name: 'sample', byDefault: 2000, most: 1_000_000 };
export const flattenOption: CountOption = { name: 'flatten', byDefault: 1, most: 20 };
export const copyLimitOption: CountOption = { name: 'copy-limit', byDefault: 2000, most: 10_000_000 };

export function readCount(
  given: Readonly<Record<string, string | undefined>>,
  { name, byDefault, most }: CountOption,
  purpose: string,
): number {
  const text = given[name] ?? String(byDefault);
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw new CommandError(
    `Cannot ${purpose}: --${name} must be a whole number from 1 to ${most}: it is ${JSON.stringify(text)}`,
  );
}
