// The rules for the names of an entry: MongoDB's own, and those for collections with change streams. `npm run load` has
// the same rules.
import { byteLength, ownDatabase } from './event.ts';

/** They have no change streams. */
const unwatched = ['admin', 'local', 'config'];

/** Short, because a log line has only the beginning of a long text. */
export function nameMistakes(database: string, collection: string): string[] {
  const mistakes: string[] = [];
  const name = database.toLowerCase();
  // The database of the outbox would fill itself.
  if (unwatched.includes(name) || name === ownDatabase) mistakes.push(`database must be other than ${name}`);
  if (/[/\\. "$]/.test(database) || hasNull(database))
    mistakes.push('database must have none of / \\ . " $, space and null');
  if (byteLength(database) > 63) mistakes.push('database must have at most 63 bytes');
  if (collection.indexOf('$') >= 0 || hasNull(collection)) mistakes.push('collection must have no $ and no null');
  if (/^(?:\.|system\.)/.test(collection)) mistakes.push('collection must not begin with "." or "system."');
  if (byteLength(`${database}.${collection}`) > 255) mistakes.push('both names must have at most 255 bytes');
  return mistakes;
}

function hasNull(name: string): boolean {
  return name.indexOf('\0') >= 0;
}
