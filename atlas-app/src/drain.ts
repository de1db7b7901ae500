// Sends the waiting events of the outbox, in batches.
import { type Batch, cutBatch, type Limits, loadBatch, mostPosts, shrink } from './batch.ts';
import { post, type Receiver } from './deliver.ts';
import { clearMark, type Entry, listDue, markFailing, markRefused, postpone, removeEntries } from './outbox.ts';
import { type Answer, isTooLarge, reasonOf, refusedByStatus, type Verdict, verdictsOf } from './receipt.ts';
import { beginBudget, isTimeLeft } from './runtime.ts';

/** The receiver ends a request within 25 s. */
const batchTryMs = 28000;
const batchBytes = 8000000;
const mostReasons = 50;

export interface Drained {
  delivered: number;
  newlyRefused: number;
  failed: number;
  posts: number;
  /** Why the drain ended while events were due. */
  reason: string;
}

/**
 * Sends the events that are due at its start, oldest first, until the receiver fails or the time is over. Failed events
 * wait for the next drain. Two drains at once can send an event twice, and that does no harm.
 */
export async function drain(receiver: Receiver, batchEvents: number, mostBatches: number): Promise<Drained> {
  const budget = beginBudget();
  const limits = { events: batchEvents, bytes: batchBytes };
  const drained = { delivered: 0, newlyRefused: 0, failed: 0, posts: 0, reason: '' };
  let queue: readonly Entry[] = [];
  await clearMark('buffer');
  while (drained.reason === '' && drained.posts < mostBatches) {
    if (queue.length === 0) queue = await listDue(budget.began);
    if (queue.length === 0) break;
    if (!isTimeLeft(budget)) drained.reason = 'out of time';
    else queue = await sendFront(queue, receiver, limits, drained);
  }
  return drained;
}

/** Returns the rest of the queue. */
async function sendFront(
  queue: readonly Entry[],
  receiver: Receiver,
  limits: Limits,
  drained: Drained,
): Promise<readonly Entry[]> {
  const front = cutBatch(queue, limits);
  const rest = queue.slice(front.length);
  const batch = await loadBatch(front);
  await postpone(without(front, batch.entries), 'its text could not be read');
  if (batch.entries.length === 0) return rest;

  const answer = await post(receiver, batch.webhookId, batch.body, batchTryMs);
  drained.posts += 1;
  if (isTooLarge(answer) && batch.entries.length > 1) {
    const left = await settleKnown(batch.entries, verdictsOf(answer, batch.entries.length), drained);
    shrink(limits, answer, batch, batch.entries.length - left.length);
    return (await thoseToPostAgain(left, reasonOf(answer))).concat(rest);
  }
  await settle(batch, answer, drained);
  return rest;
}

async function thoseToPostAgain(entries: readonly Entry[], reason: string): Promise<Entry[]> {
  for (const entry of entries) entry.posts += 1;
  const again = entries.filter(({ posts }) => posts < mostPosts);
  await postpone(without(entries, again), reason);
  return again;
}

function without(entries: readonly Entry[], some: readonly Entry[]): Entry[] {
  return entries.filter((entry) => !some.includes(entry));
}

/** Durable events go, refused events stay with their reason, and all others wait. */
async function settle({ entries }: Batch, answer: Answer, drained: Drained): Promise<void> {
  const verdicts = isTooLarge(answer) ? [refusedByStatus(answer)] : verdictsOf(answer, entries.length);
  const undelivered = await settleKnown(entries, verdicts, drained);
  await postpone(undelivered, reasonOf(answer), retryAfterOf(answer));
  drained.failed += undelivered.length;
  if (undelivered.length === 0) return clearMark('receiver');
  // The receiver took some of them, so it is not down.
  if (undelivered.length < entries.length) return;
  drained.reason = reasonOf(answer);
  await markFailing(drained.reason);
}

/** Removes the durable events and marks the refused ones. Returns the others: all of them without a receipt. */
async function settleKnown(
  entries: readonly Entry[],
  verdicts: readonly Verdict[] | undefined,
  drained: Drained,
): Promise<Entry[]> {
  const kindOf = (index: number): Verdict['kind'] => {
    const verdict = verdicts === undefined ? undefined : verdicts[index];
    return verdict === undefined ? 'undelivered' : verdict.kind;
  };
  const delivered = entries.filter((_, index) => kindOf(index) === 'delivered');
  const undelivered = entries.filter((_, index) => kindOf(index) === 'undelivered');
  await removeEntries(delivered);
  await markRefusedByReason(entries, verdicts === undefined ? [] : verdicts);
  drained.delivered += delivered.length;
  drained.newlyRefused += entries.length - delivered.length - undelivered.length;
  return undelivered;
}

function retryAfterOf(answer: Answer): number {
  return answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 0;
}

async function markRefusedByReason(entries: readonly Entry[], verdicts: readonly Verdict[]): Promise<void> {
  const given = verdicts.map((verdict) => (verdict.kind === 'refused' ? verdict.reason : undefined));
  // Each reason costs an operation. The receiver has about ten reasons, but a stranger could send one for each event.
  const kept = [...new Set(given)].slice(0, mostReasons);
  const reasons = given.map((reason) => (kept.includes(reason) ? reason : 'refused, for one of too many reasons'));
  for (const reason of new Set(reasons)) {
    if (reason === undefined) continue;
    await markRefused(
      entries.filter((_, index) => reasons[index] === reason),
      reason,
    );
  }
}
