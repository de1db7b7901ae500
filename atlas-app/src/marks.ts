import { outboxCollection } from './outbox.ts';

export async function clearMark(id: 'receiver' | 'buffer'): Promise<void> {
  await outboxCollection('marks').deleteOne({ _id: id });
}
