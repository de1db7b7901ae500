// The state of each load: one document of atlas_lake_sync.loads. It changes only after the receipt says that a page is
// durable.
import { isFields } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import { kindRefusal, lookMs } from './load-refusals.ts';
import { outboxCollection } from './outbox.ts';
import { collectionOf, within } from './runtime.ts';

type State = 'running' | 'paused' | 'done' | 'failed';

export interface Load {
  readonly id: string;
  /** Each restart gets another one. So an invocation from before the restart changes nothing. */
  readonly run: string;
  readonly t0: number;
  readonly state: State;
  readonly documents: number;
  readonly refused: number;
  readonly estimated: number | undefined;
  /** The `_id` up to which all documents are durable. Undefined at the beginning. */
  readonly position: { readonly _id: unknown } | undefined;
  /** For `documentsPerSecond`. */
  readonly notBefore: number;
  readonly restart: string;
  readonly reason: string;
}

/** The clocks of the cluster and of this machine can differ. So T0 is earlier by this time. */
const earlierSeconds = 10;

/** The loads by their id. */
export async function readLoads(wanted: readonly Wanted[]): Promise<Readonly<Record<string, Load>>> {
  const found = await outboxCollection('loads')
    .find({ _id: { $in: wanted.map(({ id }) => id) } })
    .toArray();
  const loads: Record<string, Load> = {};
  for (const document of found) loads[String(document['_id'])] = loadOf(document);
  return loads;
}

function loadOf(document: Fields): Load {
  const { state, position, estimated } = document;
  const isKnown = state === 'paused' || state === 'done' || state === 'failed';
  return {
    id: String(document['_id']),
    run: String(document['run']),
    t0: Number(document['t0']),
    state: isKnown ? state : 'running',
    documents: Number(document['documents']),
    refused: Number(document['refused']),
    estimated: estimated === null || estimated === undefined ? undefined : Number(estimated),
    position: isFields(position) ? { _id: position['_id'] } : undefined,
    notBefore: Number(document['notBefore']),
    restart: String(document['restart']),
    reason: String(document['reason']),
  };
}

/** Two invocations can begin at once. The second one continues with the load of the first. */
export async function begin(wanted: Wanted): Promise<Load> {
  const fresh = await freshState(wanted, 0);
  try {
    await outboxCollection('loads').insertOne(Object.assign({ _id: wanted.id }, fresh));
    return loadOf(Object.assign({ _id: wanted.id }, fresh));
  } catch (error) {
    return await winnerOf(wanted, error);
  }
}

/** A restart gets a new T0. So its snapshot events sort after those of the earlier load. */
export async function beginAgain(wanted: Wanted, before: Load): Promise<Load> {
  const fresh = await freshState(wanted, before.t0 + 1);
  const { modifiedCount } = await outboxCollection('loads').updateOne(
    { _id: before.id, run: before.run },
    { $set: fresh },
  );
  if (Number(modifiedCount) === 1) return loadOf(Object.assign({ _id: wanted.id }, fresh));
  return await winnerOf(wanted, new Error('the load is gone'));
}

async function winnerOf({ id }: Wanted, error: unknown): Promise<Load> {
  const found = await outboxCollection('loads').findOne({ _id: id });
  if (found === null || found === undefined) throw error;
  return loadOf(found);
}

async function freshState(wanted: Wanted, earliestT0: number): Promise<Fields> {
  const refusal = await kindRefusal(wanted);
  const estimated = refusal === '' ? await estimate(wanted) : null;
  const now = new Date();
  return {
    state: refusal !== '' ? 'failed' : wanted.paused ? 'paused' : 'running',
    t0: Math.max(earliestT0, Math.floor(Number(now) / 1000) - earlierSeconds),
    documents: 0,
    refused: 0,
    estimated,
    percent: null,
    rate: 0,
    secondsLeft: null,
    reason: refusal,
    position: null,
    notBefore: 0,
    restart: wanted.restart,
    run: String(new BSON.ObjectId()),
    beganAt: now,
    finishedAt: null,
    updatedAt: now,
  };
}

/** From the metadata, or counted. Null if both are slow. */
async function estimate({ database, collection, filter }: Wanted): Promise<number | null> {
  const query = filter === undefined ? {} : filter;
  if (filter === undefined) {
    const counted = await quickly(async () => {
      const [stats] = await collectionOf(database, collection)
        .aggregate([{ $collStats: { count: {} } }])
        .toArray();
      return stats === undefined ? undefined : stats['count'];
    });
    if (counted !== null) return counted;
  }
  return await quickly(() => collectionOf(database, collection).count(query));
}

async function quickly(look: () => Promise<unknown>): Promise<number | null> {
  try {
    const found = await within(lookMs, look());
    return found === undefined || found === null ? null : Number(found);
  } catch (_refused) {
    return null;
  }
}

/** False if another invocation is further, has ended the load or has restarted it. Then this one must stop. */
export async function saveLoad({ id, run }: Load, changes: Fields, condition: Fields = {}): Promise<boolean> {
  const query = Object.assign({ _id: id, run, state: { $in: ['running', 'paused'] } }, condition);
  const set = { $set: Object.assign({ updatedAt: new Date() }, changes) };
  const { matchedCount } = await outboxCollection('loads').updateOne(query, set);
  return Number(matchedCount) === 1;
}

/** The progress of a load, for people. */
export function progressOf(documents: number, estimated: number | undefined, rate: number): Fields {
  // Writes continue, so there can be more documents than the estimate.
  const total = estimated === undefined ? undefined : Math.max(estimated, documents);
  if (total === undefined) return { rate, percent: null, secondsLeft: null };
  const percent = total === 0 ? 100 : Math.floor((documents / total) * 100);
  return { rate, percent, secondsLeft: rate > 0 ? Math.round((total - documents) / rate) : null };
}
