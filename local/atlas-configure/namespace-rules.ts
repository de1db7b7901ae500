// The names that MongoDB allows (https://www.mongodb.com/docs/manual/reference/limits), and those of them that can be watched.
import { Buffer } from 'node:buffer';
import type { Namespace } from './lake-sync.ts';

/** Change streams cannot be opened on the first three; the last is the outbox's own: it would fill itself. */
const unwatched = ['admin', 'local', 'config', 'atlas_lake_sync'];

/** What must hold and does not; undefined where all does. */
export function ruleBrokenBy({ database, collection }: Namespace): string | undefined {
  return (
    ruleBrokenByDatabase(database) ??
    (collection === undefined ? undefined : ruleBrokenByCollection(collection, database))
  );
}

function ruleBrokenByDatabase(name: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the null character is one of those forbidden.
  if (name === '' || Buffer.byteLength(name) > 63 || /[/\\. "$\x00]/.test(name))
    return 'in a database whose name has 1 to 63 bytes, without any of / \\ . " $ and space';
  if (unwatched.includes(name.toLowerCase()))
    return `in another database than ${unwatched.join(', ')}, which cannot be watched`;
  return undefined;
}

function ruleBrokenByCollection(name: string, database: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the null character is one of those forbidden.
  if (name === '' || /[$\x00]/.test(name) || /^(\.|system\.)/.test(name))
    return 'a collection whose name is not empty, has no $, and does not begin with "." or "system."';
  if (Buffer.byteLength(`${database}.${name}`) > 255)
    return 'a collection whose name with its database has at most 255 bytes';
  return undefined;
}
