// A person runs it when the reason of the refusals is fixed: lets drainOutbox send the refused events again.
import { faultWord, logLine } from './log.ts';
import { outboxCollection } from './outbox.ts';

exports = requeueRefused;

async function requeueRefused() {
  const again = { state: 'waiting', tries: 0, dueAt: new Date() };
  try {
    const { modifiedCount } = await outboxCollection('outbox').updateMany({ state: 'refused' }, { $set: again });
    return logLine({ function: 'requeueRefused', requeued: Number(modifiedCount) });
  } catch (error) {
    // Messages of the database can carry keys of documents, and Atlas would log them.
    throw new Error(`Cannot requeue the refused events: the outbox must be writable: ${faultWord(error)}`);
  }
}
