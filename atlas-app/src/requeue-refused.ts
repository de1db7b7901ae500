// An operator runs it after the reason of the refusals is fixed. drainOutbox then sends the refused events again.
import { faultWord, logLine } from './log.ts';
import { outboxCollection } from './outbox.ts';

exports = requeueRefused;

async function requeueRefused() {
  const again = { state: 'waiting', tries: 0, dueAt: new Date() };
  try {
    const { modifiedCount } = await outboxCollection('outbox').updateMany({ state: 'refused' }, { $set: again });
    return logLine({ function: 'requeueRefused', requeued: Number(modifiedCount) });
  } catch (error) {
    // Messages of the database can contain document keys, and Atlas would log them.
    throw new Error(`Cannot requeue the refused events: the outbox must be writable: ${faultWord(error)}`);
  }
}
