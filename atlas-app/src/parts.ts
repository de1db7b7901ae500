import { outboxCollection } from './outbox.ts';

export async function removeParts(ids: readonly unknown[]): Promise<void> {
  if (ids.length > 0) await outboxCollection('parts').deleteMany({ _id: { $in: ids } });
}
