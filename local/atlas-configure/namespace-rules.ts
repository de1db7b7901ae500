// The rules for names: MongoDB's own (https://www.mongodb.com/docs/manual/reference/limits), and those for watched
// collections.
import { Buffer } from 'node:buffer';
import type { Namespace } from './lake-sync.ts';

/** The first three have no change streams. The last one is the database of the outbox, which would fill itself. */
const unwatched = ['admin', 'local', 'config', 'atlas_lake_sync'];

const nul = '\0';

/** Reads `<database>.<collection>`, or returns the problem. A database's name has no dot. */
export function namespaceIn(option: string, text: string): Required<Namespace> | string {
  const [, database = '', collection = ''] = /^([^.]*)\.(.*)$/s.exec(text) ?? [];
  const rule = ruleBrokenBy({ database, collection });
  if (rule === undefined) return { database, collection };
  return `${option} must be <database>.<collection>, ${rule}: it is ${JSON.stringify(text)}`;
}

/** Returns the broken rule. Undefined if the names are valid. */
export function ruleBrokenBy({ database, collection }: Namespace): string | undefined {
  return (
    ruleBrokenByDatabase(database) ??
    (collection === undefined ? undefined : ruleBrokenByCollection(collection, database))
  );
}

function ruleBrokenByDatabase(name: string): string | undefined {
  if (name === '' || Buffer.byteLength(name) > 63 || /[/\\. "$]/.test(name) || name.includes(nul))
    return 'in a database whose name has 1 to 63 bytes, without any of / \\ . " $ and space';
  if (unwatched.includes(name.toLowerCase()))
    return `in another database than ${unwatched.join(', ')}, which cannot be watched`;
  return undefined;
}

function ruleBrokenByCollection(name: string, database: string): string | undefined {
  if (name === '' || name.includes('$') || name.includes(nul) || /^(\.|system\.)/.test(name))
    return 'a collection whose name is not empty, has no $, and does not begin with "." or "system."';
  if (Buffer.byteLength(`${database}.${name}`) > 255)
    return 'a collection whose name with its database has at most 255 bytes';
  return undefined;
}
