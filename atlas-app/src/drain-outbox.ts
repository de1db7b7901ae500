// The function of a scheduled trigger. It sends the waiting events of the outbox in batches, oldest first, and logs
// what is left.
import { type Drained, drain } from './drain.ts';
import { faultWord, logLine } from './log.ts';
import { outboxCollection } from './outbox.ts';
import { removeStrayParts } from './stray-parts.ts';
import { batchEvents, openReceiver } from './values.ts';

exports = drainOutbox;

async function drainOutbox() {
  const began = Date.now();
  try {
    const drained = await drainAll();
    const state = await outboxState();
    await removeStrayParts();
    return logLine(Object.assign({ function: 'drainOutbox' }, drained, state, { durationMs: Date.now() - began }));
  } catch (error) {
    // Messages of the database can contain document keys, and Atlas would log them.
    throw new Error(`Cannot drain the outbox: its database must answer: ${faultWord(error)}`);
  }
}

async function drainAll(): Promise<Drained> {
  const receiver = openReceiver();
  if ('problem' in receiver) return { delivered: 0, newlyRefused: 0, failed: 0, posts: 0, reason: receiver.problem };
  return await drain(receiver, batchEvents(), Infinity);
}

interface OutboxState {
  readonly waiting: number;
  readonly oldestSeconds: number;
  readonly refused: number;
}

async function outboxState(): Promise<OutboxState> {
  const [waiting, refused, oldest] = await Promise.all([
    outboxCollection('outbox').count({ state: 'waiting' }),
    outboxCollection('outbox').count({ state: 'refused' }),
    outboxCollection('outbox').find({ state: 'waiting' }, { keptAt: 1 }).sort({ _id: 1 }).limit(1).toArray(),
  ]);
  const [entry] = oldest;
  const ageMs = entry === undefined ? 0 : Date.now() - Number(entry['keptAt']);
  return { waiting, oldestSeconds: Math.round(ageMs / 1000), refused };
}
