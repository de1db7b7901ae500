// The Atlas side of a test: the built functions in the simulated runtime, a cluster in memory, and a fast clock.
import { EJSON } from 'bson';
import { type AtlasDatabase, atlasDatabase } from '../../local/atlas/atlas-database.ts';
import { type AtlasApp, type Invocation, invoke } from '../../local/atlas/atlas-runtime.ts';
import type { Clock } from '../../local/atlas/clock.ts';
import type { EventFields } from './change-events.ts';
import { secret } from './deliveries.ts';
import { type FastClock, fastClock } from './fast-clock.ts';

export const receiverKey = 'key-of-the-function-app';

export interface Atlas {
  readonly app: AtlasApp;
  readonly database: AtlasDatabase;
  readonly clock: Clock & Pick<FastClock, 'skip'>;
  readonly forward: (event: EventFields) => Promise<Invocation>;
  readonly buffer: (event: EventFields) => Promise<Invocation>;
  readonly drain: () => Promise<Invocation>;
  readonly requeue: () => Promise<Invocation>;
  readonly outbox: () => Record<string, unknown>[];
  readonly parts: () => Record<string, unknown>[];
}

export interface FastAtlas extends Atlas {
  readonly clock: FastClock;
}

/** By default time passes a hundred times as fast. A try without an answer within 12 s ends after 120 ms. */
export function atlasWith(url: string, values: Readonly<Record<string, unknown>> = {}, factor = 100): FastAtlas {
  const database = atlasDatabase();
  const clock = fastClock(factor);
  const sender = { lakeReceiverUrl: url, lakeReceiverKey: receiverKey, lakeSigningSecret: secret };
  const app: AtlasApp = { values: { ...sender, ...values }, database, clock };
  return {
    app,
    database,
    clock,
    ...callsOf(app, database),
  };
}

/** Calls each function of the sender, and reads its collections. */
export function callsOf(app: AtlasApp, database: AtlasDatabase): Omit<Atlas, 'app' | 'database' | 'clock'> {
  return {
    forward: (event) => invoke(app, 'forwardChangeEvent', asAtlasPasses(event)),
    buffer: (event) => invoke(app, 'bufferChangeEvent', asAtlasPasses(event)),
    drain: () => invoke(app, 'drainOutbox'),
    requeue: () => invoke(app, 'requeueRefused'),
    outbox: () => database.collection('atlas_lake_sync', 'outbox').documents(),
    parts: () => database.collection('atlas_lake_sync', 'parts').documents(),
  };
}

/** The values have BSON's own types, not their text. */
export function asAtlasPasses(event: EventFields): unknown {
  return EJSON.parse(JSON.stringify(event), { relaxed: false });
}
