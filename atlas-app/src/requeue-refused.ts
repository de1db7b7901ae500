// Run by a person, once the reason of the refusals is mended: lets drainOutbox send the refused events again.
import { logLine } from './log-line.ts';
import { outboxCollection } from './outbox.ts';

exports = requeueRefused;

async function requeueRefused() {
  const again = { state: 'waiting', tries: 0, dueAt: new Date() };
  const { modifiedCount } = await outboxCollection('outbox').updateMany({ state: 'refused' }, { $set: again });
  return logLine({ function: 'requeueRefused', requeued: Number(modifiedCount) });
}
