// The limit of bytes that a command copies from Azure: `--copy-limit`. A lake on this machine has none.
import { CommandError } from '../command.ts';
import { withCommas } from '../with-commas.ts';
import { knownCollections } from './known-collections.ts';
import type { LakeCollection } from './lake-catalog.ts';
import { totalBytes } from './lake-files.ts';
import type { Reading } from './reading.ts';
import { aboutFlatLines } from './unreadable-lines.ts';

const copyAdvice = 'Ask for some days with --from and --to, or for more with --copy-limit <megabytes>';

/**
 * Returns the collections of the lake. Files outside of folders must be read to find theirs. If they are over the limit
 * and from before a change to folders, they are left out, because the collections in folders can be read.
 */
export async function collectionsWithin(
  { places, hours, maxCopiedBytes, signal }: Pick<Reading, 'places' | 'hours' | 'maxCopiedBytes' | 'signal'>,
  note: (line: string) => void,
): Promise<readonly LakeCollection[]> {
  const mostBytes = places.lake.folder === undefined ? maxCopiedBytes : Number.POSITIVE_INFINITY;
  const known = await knownCollections(places, signal, { hours, mostBytes });
  const { collections, unread } = known;
  if (unread !== undefined) {
    const limit = `at most ${megabytes(mostBytes)} may be read: they have ${megabytes(unread.bytes)}. ${copyAdvice}`;
    if (!unread.areLeftovers) throw new CommandError(`Cannot read the files outside of folders: ${limit}`);
    note(`Left out the files outside of folders: ${limit}`);
  }
  for (const line of aboutFlatLines(known)) note(line);
  return collections;
}

export function assertBounded(
  { database, collection }: LakeCollection,
  files: readonly { readonly bytes: number }[],
  { places, maxCopiedBytes }: Reading,
): void {
  const bytes = totalBytes(files);
  if (places.lake.folder !== undefined || bytes <= maxCopiedBytes) return;
  throw new CommandError(
    `Cannot read ${database}.${collection} from Azure: at most ${megabytes(maxCopiedBytes)} may be copied: it has ${megabytes(bytes)}. ${copyAdvice}`,
  );
}

function megabytes(bytes: number): string {
  return `${withCommas(Math.ceil(bytes / 1_000_000))} MB`;
}
