// Changes an entry of the Value initialLoads as a person asks. Refuses what the state of the load does not allow. Keeps
// fields that this command does not know.

import { isRecord } from '../../shared/json/record.ts';
import { nameOf } from '../atlas-deploy/initial-loads.ts';
import type { JsonObject } from '../atlas-deploy/json.ts';
import { CommandError } from '../command.ts';
import type { LoadState } from './loads-in-atlas.ts';

export interface LoadChange {
  readonly kind: 'start' | 'pause' | 'resume' | 'restart';
  readonly database: string;
  readonly collection: string;
  /** Only for `start`, `resume` and `restart`. */
  readonly documentsPerSecond?: number;
  /** Only for `start` and `restart`. */
  readonly shardKey?: readonly string[];
}

const underWay = ['waiting', 'running'];

/** The states that allow a change. A restart is always possible. */
const allowed = {
  start: { must: 'it must not have begun', states: ['missing', 'stopped'] },
  pause: { must: 'it must be running', states: underWay },
  resume: { must: 'it must be paused', states: ['paused'] },
  restart: undefined,
} as const;

const nextSteps: Readonly<Record<string, string>> = {
  missing: '--start begins it',
  waiting: '--watch shows it',
  running: '--watch shows it',
  paused: '--resume continues it',
  stopped: '--start continues it',
  done: '--restart loads the collection again',
  failed: '--restart begins it again',
};

export function expectPossible({ kind, database, collection }: LoadChange, loads: readonly LoadState[]): void {
  const name = `${database}.${collection}`;
  const state = loads.find((load) => load.name === name)?.state ?? 'missing';
  const rule = allowed[kind];
  if (rule === undefined || rule.states.some((one) => one === state)) return;
  const next = nextSteps[state] ?? '--restart begins it again';
  throw new CommandError(`Cannot ${kind} the load of ${name}: ${rule.must}: its state is ${state}: ${next}`);
}

export function changeLoads(entries: readonly unknown[], change: LoadChange, now: Date): readonly unknown[] {
  const { database, collection, kind } = change;
  const name = `${database}.${collection}`;
  const isThere = entries.some((entry) => nameOf(entry) === name);
  const all = isThere ? entries : [...entries, { database, collection }];
  const limits = {
    ...(change.documentsPerSecond === undefined ? {} : { documentsPerSecond: change.documentsPerSecond }),
    ...(change.shardKey === undefined ? {} : { shardKey: change.shardKey }),
  };
  return all.map((entry) => (isRecord(entry) && nameOf(entry) === name ? changed(entry, kind, limits, now) : entry));
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
