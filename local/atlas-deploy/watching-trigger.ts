// Whether a trigger sees the changes of a collection.
import { isRecord } from '../../shared/json/record.ts';
import type { FoundTrigger } from './app-state.ts';
import type { JsonObject } from './json.ts';

interface Trigger {
  readonly type?: unknown;
  readonly config?: unknown;
}

/** A trigger on a database names no collection, and one on the cluster names neither. */
export function isWatching({ type, config }: Trigger, { database, collection }: JsonObject): boolean {
  const has = isRecord(config) ? config : {};
  const isSame = (has['database'] ?? database) === database && (has['collection'] ?? collection) === collection;
  return type === 'DATABASE' && isSame;
}

export function isRunningOn({ isDisabled, error, members }: FoundTrigger, watched: JsonObject): boolean {
  return !isDisabled && error === undefined && isWatching(members, watched);
}
