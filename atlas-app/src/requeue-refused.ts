// Run by a person, once the reason of the refusals is mended: lets drainOutbox send the refused events again.
import { faultWord } from './fault.ts';
import { logLine } from './log-line.ts';
import { outboxCollection } from './outbox.ts';

exports = requeueRefused;

async function requeueRefused() {
  const again = { state: 'waiting', tries: 0, dueAt: new Date() };
  try {
    const { modifiedCount } = await outboxCollection('outbox').updateMany({ state: 'refused' }, { $set: again });
    return logLine({ function: 'requeueRefused', requeued: Number(modifiedCount) });
  } catch (error) {
    // As in drainOutbox: the database's own message can carry keys of documents, which Atlas would log.
    throw new Error(`Cannot requeue what was refused: the outbox must be writable: ${faultWord(error)}`);
  }
}
