// Posts one event, and once more when nobody knows that it arrived.
import type { OutgoingEvent } from './event.ts';
import { type Answer, isTooLarge, post } from './post.ts';
import { reasonOf, refusedByStatus, type Verdict, verdictsOf } from './receipt.ts';
import { pause } from './time.ts';
import { openReceiver } from './values.ts';

/** `http.post` waits for ever. The receiver ends a request of one event long before this. */
const tryMs = 12000;
/** A second try does not begin later. An ordered trigger waits as long, and looks at no other event. */
const secondTryMs = 18000;

interface Try {
  readonly verdict: Verdict;
  /** How long to wait before another try. */
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
  // Another try would find the same values.
  if ('problem' in receiver) return { verdict: { kind: 'undelivered', reason: receiver.problem }, pauseMs: Infinity };
  const answer = await post(receiver, event.webhookId, event.text, tryMs);
  return { verdict: verdictOn(answer), pauseMs: pauseAfter(answer) };
}

function verdictOn(answer: Answer): Verdict {
  // From the receiver or from a host before it: one event cannot be sent in a smaller request.
  if (isTooLarge(answer)) return refusedByStatus(answer);
  const verdicts = verdictsOf(answer, 1);
  const verdict = verdicts === undefined ? undefined : verdicts[0];
  return verdict === undefined ? { kind: 'undelivered', reason: reasonOf(answer) } : verdict;
}

/** Never before the receiver asks for it, and not at the same moment as all other events. */
function pauseAfter(answer: Answer): number {
  const asked = answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 1000;
  return asked + Math.floor(Math.random() * 1000);
}
