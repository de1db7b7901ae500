// Posts one event, and retries once when its arrival is unknown.
import type { OutgoingEvent } from './event.ts';
import { type Answer, isTooLarge, post } from './post.ts';
import { reasonOf, refusedByStatus, type Verdict, verdictsOf } from './receipt.ts';
import { pause } from './time.ts';
import { openReceiver } from './values.ts';

/** `http.post` waits for ever. The receiver answers a request of one event long before this. */
const tryMs = 12000;
/** A retry does not begin later, because an ordered trigger sends no other event meanwhile. */
const secondTryMs = 18000;

interface Try {
  readonly verdict: Verdict;
  /** The pause before a retry. */
  readonly pauseMs: number;
}

export async function deliver(event: OutgoingEvent): Promise<Verdict> {
  const began = Date.now();
  const { verdict, pauseMs } = await tryOnce(event);
  if (verdict.kind !== 'undelivered' || Date.now() - began + pauseMs > secondTryMs) return verdict;
  await pause(pauseMs);
  return (await tryOnce(event)).verdict;
}

export async function tryOnce(event: OutgoingEvent): Promise<Try> {
  const receiver = openReceiver();
  // A retry would find the same values.
  if ('problem' in receiver) return { verdict: { kind: 'undelivered', reason: receiver.problem }, pauseMs: Infinity };
  const answer = await post(receiver, event.webhookId, event.text, tryMs);
  return { verdict: verdictOn(answer), pauseMs: pauseAfter(answer) };
}

function verdictOn(answer: Answer): Verdict {
  // The receiver or a host before it refuses the size, and one event cannot be split.
  if (isTooLarge(answer)) return refusedByStatus(answer);
  const verdicts = verdictsOf(answer, 1);
  const verdict = verdicts === undefined ? undefined : verdicts[0];
  return verdict === undefined ? { kind: 'undelivered', reason: reasonOf(answer) } : verdict;
}

/** Waits at least as long as the receiver asks. The pause is random, so that not all events retry at one moment. */
function pauseAfter(answer: Answer): number {
  const asked = answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 1000;
  return asked + Math.floor(Math.random() * 1000);
}
