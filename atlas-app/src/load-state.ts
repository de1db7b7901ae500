// The state of each load: one document of atlas_lake_sync.loads. It changes only after the receipt says that a page is
// durable.
import { lookAt } from './collection-look.ts';
import { isFields, listOf, textIn } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import type { Position } from './load-position.ts';
import { outboxCollection } from './outbox.ts';

type State = 'running' | 'paused' | 'done' | 'failed';

export interface Load {
  readonly id: string;
  /** Each restart gets another one. So an invocation from before the restart changes nothing. */
  readonly run: string;
  readonly t0: number;
  readonly state: State;
  readonly documents: number;
  readonly refused: number;
  /** Documents that no request could carry, so that drainOutbox sends them. */
  readonly kept: number;
  /** Those of them since a document has reached the lake. */
  readonly keptInRow: number;
  readonly estimated: number | undefined;
  /** Undefined at the beginning. */
  readonly position: Position | undefined;
  /** For `documentsPerSecond`. */
  readonly notBefore: number;
  /** The time of its last page, or of another change of its state. */
  readonly updatedAt: number;
  readonly restart: string;
  /** That of the entry at its beginning. */
  readonly selection: string | undefined;
  readonly reason: string;
}

/** The clocks of the cluster and of this machine can differ. So T0 is earlier by this time. */
const earlierSeconds = 10;

/** The loads by their id. */
export async function readLoads(wanted: readonly Wanted[]): Promise<Readonly<Record<string, Load>>> {
  const query = { _id: { $in: wanted.map(({ id }) => id) } };
  const found = await outboxCollection('loads').find(query).toArray();
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
    kept: Number(document['kept']) || 0, // An older function has not saved it.
    keptInRow: Number(document['keptInRow']) || 0,
    estimated: estimated === null || estimated === undefined ? undefined : Number(estimated),
    position: positionIn(position),
    notBefore: Number(document['notBefore']),
    updatedAt: Number(document['updatedAt']),
    restart: String(document['restart']),
    selection: textIn(document['selection']),
    reason: String(document['reason']),
  };
}

function positionIn(position: unknown): Position | undefined {
  return isFields(position) ? { _id: position['_id'], durable: listOf(position['durable']).map(String) } : undefined;
}

/** Two invocations can begin at once. The second one continues with the load of the first. */
export async function begin(wanted: Wanted): Promise<Load> {
  const fresh = await freshState(wanted);
  try {
    await outboxCollection('loads').insertOne(Object.assign({ _id: wanted.id }, fresh));
    return loadOf(Object.assign({ _id: wanted.id }, fresh));
  } catch (error) {
    return await winnerOf(wanted, error);
  }
}

/**
 * False until its T0 can be later than that of the earlier load. Only then its snapshot events sort after the earlier
 * ones. A T0 ahead of the clock would hide changes.
 */
export function canBeginAgain({ t0 }: Load): boolean {
  return !(t0At(new Date()) <= t0);
}

/** A restart gets a new T0. */
export async function beginAgain(wanted: Wanted, before: Load): Promise<Load> {
  const fresh = await freshState(wanted);
  const query = { _id: before.id, run: before.run };
  const { modifiedCount } = await outboxCollection('loads').updateOne(query, { $set: fresh });
  if (Number(modifiedCount) === 1) return loadOf(Object.assign({ _id: wanted.id }, fresh));
  return await winnerOf(wanted, new Error('the load is gone'));
}

async function winnerOf({ id }: Wanted, error: unknown): Promise<Load> {
  const found = await outboxCollection('loads').findOne({ _id: id });
  if (found === null || found === undefined) throw error;
  return loadOf(found);
}

async function freshState(wanted: Wanted): Promise<Fields> {
  const { refusal, estimated } = await lookAt(wanted);
  const now = new Date();
  return {
    state: refusal !== '' ? 'failed' : wanted.paused ? 'paused' : 'running',
    t0: t0At(now),
    documents: 0,
    refused: 0,
    kept: 0,
    keptInRow: 0,
    estimated,
    percent: null,
    rate: 0,
    secondsLeft: null,
    reason: refusal,
    position: null,
    notBefore: 0,
    restart: wanted.restart,
    selection: wanted.selection,
    run: String(new BSON.ObjectId()),
    beganAt: now,
    finishedAt: null,
    updatedAt: now,
  };
}

function t0At(now: Date): number {
  return Math.floor(Number(now) / 1000) - earlierSeconds;
}

/** False if another invocation is further, has ended the load or has restarted it. Then this one must stop. */
export async function saveLoad({ id, run }: Load, changes: Fields, condition: Fields = {}): Promise<boolean> {
  const query = Object.assign({ _id: id, run, state: { $in: ['running', 'paused'] } }, condition);
  const set = { $set: Object.assign({ updatedAt: new Date() }, changes) };
  const { matchedCount } = await outboxCollection('loads').updateOne(query, set);
  return Number(matchedCount) === 1;
}

/** Saves why none of these loads goes on, in one operation. */
export async function saveReason(loads: readonly Load[], reason: string): Promise<void> {
  const query = { _id: { $in: loads.map(({ id }) => id) }, state: 'running' };
  await outboxCollection('loads').updateMany(query, { $set: { reason, updatedAt: new Date() } });
}
