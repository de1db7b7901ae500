// The sender of a test: the built function in the simulated runtime, and a receiver over HTTP. Time stops while one of
// them works. So pauses take no time, and a slow machine changes nothing.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { atlasDatabase, countedOperations } from '../../local/atlas/atlas-database.ts';
import { type AtlasHttp, httpPost } from '../../local/atlas/atlas-http.ts';
import { type AtlasApp, type Invocation, invoke } from '../../local/atlas/atlas-runtime.ts';
import { asAtlasPasses, receiverKey } from './atlas.ts';
import type { EventFields } from './change-events.ts';
import { now, secret } from './deliveries.ts';
import { type ScriptedReceiver, scriptedReceiver } from './scripted-receiver.ts';
import { builtSource } from './timeless-atlas.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** Intercepts the operations of a function on its database. Undefined if nothing intercepts them. */
export type Disturbance = (
  operation: 'read' | 'write',
  collection: string,
  run: () => Promise<unknown>,
) => Promise<unknown> | undefined;

type OutboxCollection = 'outbox' | 'parts' | 'marks';

export interface Sender {
  readonly receiver: ScriptedReceiver;
  readonly clock: VirtualClock;
  /** A collection of the outbox as the function sees it, for another user. */
  readonly collection: (name: OutboxCollection) => ReturnType<typeof collectionOf>;
  /** The begin of each try, also of tries without an answer. */
  readonly tries: readonly number[];
  /** The lines of all invocations, also of those that throw. */
  readonly logs: readonly string[];
  readonly disturb: (by: Disturbance) => void;
  /** From now on the receiver takes each request and never answers. */
  readonly hang: () => void;
  readonly invoke: (...args: unknown[]) => Promise<Invocation>;
  /** The result of the function. */
  readonly forward: (event: EventFields) => Promise<Record<string, unknown>>;
  readonly documents: (name: OutboxCollection) => Record<string, unknown>[];
}

export async function senderOf(
  t: Parameters<typeof scriptedReceiver>[0],
  values: Readonly<Record<string, unknown>> = {},
  post: AtlasHttp = httpPost,
  dataSource = 'mongodb-atlas',
  sourceOf: (name: string) => string = builtSource,
): Promise<Sender> {
  const receiver = await scriptedReceiver(t);
  const clock = virtualClock(now.getTime());
  const tries: number[] = [];
  const logs: string[] = [];
  let isHanging = false;
  const { database, disturb } = standingDatabase(clock);
  const app: AtlasApp = {
    values: {
      lakeReceiverUrl: receiver.url,
      lakeReceiverKey: receiverKey,
      lakeSigningSecret: secret,
      ...values,
    },
    database,
    dataSource,
    sourceOf,
    clock,
    post: async (request) => {
      tries.push(clock.now());
      const answer = post(request);
      const settled = Promise.allSettled([answer]);
      await clock.whileStanding<unknown>(() => (isHanging ? heard(receiver, tries.length, settled) : settled));
      return await answer;
    },
    onLog: (line) => logs.push(line),
  };
  const run = (...args: unknown[]) => invoke(app, 'forwardChangeEvent', ...args);
  return {
    receiver,
    clock,
    collection: (name) => collectionOf(database, name),
    tries,
    logs,
    disturb,
    hang: () => {
      isHanging = true;
      receiver.act('hang');
    },
    invoke: run,
    forward: async (event) => ({ ...Object((await run(asAtlasPasses(event))).result) }),
    documents: (name) => database.collection('atlas_lake_sync', name).documents(),
  };
}

function collectionOf(database: ReturnType<typeof atlasDatabase>, name: OutboxCollection) {
  return countedOperations(database, () => undefined)
    .db('atlas_lake_sync')
    .collection(name);
}

function standingDatabase(clock: VirtualClock) {
  const database = atlasDatabase();
  const disturb = (by: Disturbance) => {
    database.around = (operation, collection, run) => {
      const standing = () => clock.whileStanding(run);
      return by(operation, collection, standing) ?? standing();
    };
  };
  disturb(() => undefined);
  return { database, disturb };
}

/** Resolves when the receiver has this number of requests, or the invocation is over. */
async function heard({ told }: ScriptedReceiver, requests: number, settled: Promise<unknown>): Promise<void> {
  let isOver = false;
  void settled.then(() => {
    isOver = true;
  });
  while (told.length < requests && !isOver) await nextTurn();
}

/** Only the first time. Undefined before and after. */
export function once(
  operation: 'read' | 'write',
  collection: string,
  by: (run: () => Promise<unknown>) => Promise<unknown>,
): Disturbance {
  let isOver = false;
  return (given, name, run) => {
    if (isOver || given !== operation || name !== collection) return undefined;
    isOver = true;
    return by(run);
  };
}
