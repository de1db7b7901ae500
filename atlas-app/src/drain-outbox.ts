// The function of a scheduled trigger: sends what waits in the outbox, oldest first, in batches, and tells what is left.
import { batchEvents } from './batch-events.ts';
import { type Drained, drain } from './drain.ts';
import { faultWord } from './fault.ts';
import { logLine } from './log-line.ts';
import { outboxState, removeStrayParts } from './outbox-state.ts';
import { openReceiver } from './receiver.ts';

exports = drainOutbox;

async function drainOutbox() {
  const began = Date.now();
  try {
    const drained = await drainAll();
    const state = await outboxState();
    if (state.waiting + state.refused === 0) await removeStrayParts();
    return logLine(Object.assign({ function: 'drainOutbox' }, drained, state, { durationMs: Date.now() - began }));
  } catch (error) {
    // Of the database: its messages can carry keys of documents, which Atlas would log.
    throw new Error(`Cannot drain the outbox: its database must answer: ${faultWord(error)}`);
  }
}

async function drainAll(): Promise<Drained> {
  const receiver = openReceiver();
  if ('problem' in receiver) return { delivered: 0, newlyRefused: 0, failed: 0, posts: 0, reason: receiver.problem };
  return await drain(receiver, batchEvents(), Infinity);
}
