import { outboxCollection } from './outbox.ts';

/** A part without an entry is of a keeping that ended half-way; none takes as long, an invocation ends after five minutes. */
const strayMs = 3600000;

export interface OutboxState {
  readonly waiting: number;
  readonly oldestSeconds: number;
  readonly refused: number;
}

export async function outboxState(): Promise<OutboxState> {
  const [waiting, refused, oldest] = await Promise.all([
    outboxCollection('outbox').count({ state: 'waiting' }),
    outboxCollection('outbox').count({ state: 'refused' }),
    outboxCollection('outbox').find({ state: 'waiting' }, { keptAt: 1 }).sort({ _id: 1 }).limit(1).toArray(),
  ]);
  const [entry] = oldest;
  const ageMs = entry === undefined ? 0 : Date.now() - Number(entry['keptAt']);
  return { waiting, oldestSeconds: Math.round(ageMs / 1000), refused };
}

export async function removeStrayParts(): Promise<void> {
  await outboxCollection('parts').deleteMany({ keptAt: { $lt: new Date(Date.now() - strayMs) } });
}
