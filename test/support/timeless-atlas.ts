// The Atlas side of a test that takes no time: the built functions, a cluster in memory and a receiver, all on a
// virtual clock. Each step of an invocation, on the database or to the receiver, can fail on command.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AtlasDatabase, atlasDatabase } from '../../local/atlas/atlas-database.ts';
import { type AtlasApp, type Invocation, invoke } from '../../local/atlas/atlas-runtime.ts';
import { atlasFunctionsFolder } from '../../local/atlas-functions.ts';
import { type Atlas, callsOf, receiverKey } from './atlas.ts';
import { now, secret } from './deliveries.ts';
import { type NearbyReceiver, nearbyReceiver } from './nearby-receiver.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';
import { wrappedDatabase } from './wrapped-database.ts';

/** Intercepts a step of a function. It runs the step, or not. */
export type Around = <T>(step: 'read' | 'write' | 'post', run: () => Promise<T>) => Promise<T>;

export interface TimelessAtlas extends Atlas {
  readonly clock: VirtualClock;
  readonly receiver: NearbyReceiver;
  /** An invocation with its own fate. */
  readonly run: (name: string, args: readonly unknown[], around: Around) => Promise<Invocation>;
}

export function timelessAtlas(
  values: Readonly<Record<string, unknown>> = {},
  sourceOf: (name: string) => string = builtSource,
): TimelessAtlas {
  const clock = virtualClock(now.getTime());
  const receiver = nearbyReceiver(clock.now);
  const database = atlasDatabase();
  const sender = {
    lakeReceiverUrl: 'https://receiver.test/api/change-events',
    lakeReceiverKey: receiverKey,
    lakeSigningSecret: secret,
  };
  const appWith = (around: Around): AtlasApp => ({
    values: { ...sender, ...values },
    clock,
    sourceOf,
    database: standing(database, clock, around),
    post: (request) => around('post', () => receiver.post(request)),
  });
  const app = appWith((_step, run) => run());
  return {
    app,
    clock,
    receiver,
    database,
    run: (name, args, around) => invoke(appWith(around), name, ...args),
    ...callsOf(app, database),
  };
}

export function builtSource(name: string): string {
  return readFileSync(join(atlasFunctionsFolder, `${name}.js`), 'utf8');
}

/** So that events come in parts without being large. */
export function sourceInParts(name: string, bytes: number): string {
  const source = builtSource(name);
  const isInParts = source.includes('partBytes');
  assert(!isInParts || source.includes('partBytes = 12000000;'), `${name} has parts of another size`);
  return source.replace('partBytes = 12000000;', `partBytes = ${bytes};`);
}

/** The database takes no time, unless it never answers. */
function standing(database: AtlasDatabase, clock: VirtualClock, around: Around): AtlasDatabase {
  return wrappedDatabase(
    database,
    (run) => (operation, change) => around(operation, () => clock.whileStanding(() => run(operation, change))),
  );
}
