// The columns of `--columns`. They replace the columns from a sample of the collection's documents.
import { readFile } from 'node:fs/promises';
import { CommandError, reasonOf } from '../command.ts';
import type { Column } from '../views/column-type.ts';
import { type ColumnsFile, readColumnsText } from '../views/columns-file.ts';
import type { LakeCollection } from './lake-catalog.ts';

export interface ColumnsByHand {
  /** Undefined if no file is for the collection. */
  readonly of: (collection: LakeCollection) => readonly Column[] | undefined;
}

/** Each file must be for one of these collections, and no two for the same. */
export async function columnsByHand(
  files: readonly string[],
  collections: readonly LakeCollection[],
): Promise<ColumnsByHand> {
  const read = new Map<string, ColumnsFile>();
  for (const file of files) read.set(file, await columnsFile(file));
  const fileOf = (collection: LakeCollection): ColumnsFile | undefined => {
    const found = [...read].filter(([, { collection: name }]) => name === undefined || name === nameOf(collection));
    if (found.length < 2) return found[0]?.[1];
    const names = found.map(([file]) => JSON.stringify(file)).join(' and ');
    throw new CommandError(`Cannot use --columns: a collection must have one file: ${nameOf(collection)} has ${names}`);
  };
  for (const [file, { collection }] of read)
    if (collection !== undefined && !collections.some((one) => nameOf(one) === collection))
      throw new CommandError(
        `Cannot use ${JSON.stringify(file)}: its "collection" must be ${collections.map(nameOf).slice(0, 20).join(' or ') || 'in the lake'}: it is ${JSON.stringify(collection)}`,
      );
  return { of: (collection) => fileOf(collection)?.columns };
}

function nameOf({ database, collection }: LakeCollection): string {
  return `${database}.${collection}`;
}

async function columnsFile(file: string): Promise<ColumnsFile> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`Cannot read ${JSON.stringify(file)}: ${reasonOf(error)}`, { cause: error });
  });
  const read = readColumnsText(text);
  if (!('problems' in read)) return read;
  throw new CommandError(`Cannot use ${JSON.stringify(file)}: ${read.problems.join('; ')}`);
}
