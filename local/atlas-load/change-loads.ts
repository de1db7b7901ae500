// Changes the Value initialLoads as a person asks. Keeps fields that this command does not know.

import { isRecord } from '../../shared/json/record.ts';
import { nameOf } from '../atlas-deploy/initial-loads.ts';
import type { JsonObject } from '../atlas-deploy/json.ts';
import { CommandError } from '../command.ts';

export interface LoadChange {
  readonly kind: 'start' | 'pause' | 'resume' | 'restart';
  readonly database: string;
  readonly collection: string;
  /** Only for `start` and `restart`. */
  readonly documentsPerSecond?: number;
  readonly shardKey?: readonly string[];
}

export function changeLoads(entries: readonly unknown[], change: LoadChange, now: Date): readonly unknown[] {
  const { kind, database, collection } = change;
  const name = `${database}.${collection}`;
  const isThere = entries.some((entry) => nameOf(entry) === name);
  const limits = {
    ...(change.documentsPerSecond === undefined ? {} : { documentsPerSecond: change.documentsPerSecond }),
    ...(change.shardKey === undefined ? {} : { shardKey: change.shardKey }),
  };
  if (!isThere && kind !== 'start')
    throw new CommandError(
      `Cannot ${kind} the load of ${name}: it must be in the Value initialLoads: it is missing: npm run atlas:load -- --start ${name} begins it`,
    );
  if (!isThere) return [...entries, { database, collection, ...limits }];
  return entries.map((entry) =>
    isRecord(entry) && nameOf(entry) === name ? changed(entry, kind, limits, now) : entry,
  );
}

function changed(entry: JsonObject, kind: LoadChange['kind'], limits: JsonObject, now: Date): JsonObject {
  const { paused: _, ...others } = entry;
  switch (kind) {
    case 'pause':
      return { ...entry, paused: true };
    case 'start':
    case 'resume':
      return { ...others, ...limits };
    case 'restart':
      return { ...others, ...limits, restart: now.toISOString() };
  }
}
