import { post } from './post.ts';
import { reasonOf, verdictsOf } from './receipt.ts';
import { openReceiver } from './receiver.ts';
import type { Answer, OutgoingEvent, Verdict } from './types.ts';

/** `http.post` waits for ever; the receiver ends a request of one event long before. */
const tryMs = 12000;

interface Try {
  readonly verdict: Verdict;
  /** How long to wait before another one. */
  readonly pauseMs: number;
}

export async function tryOnce(event: OutgoingEvent): Promise<Try> {
  const receiver = openReceiver();
  // Another try would find the same values.
  if ('problem' in receiver) return { verdict: { kind: 'undelivered', reason: receiver.problem }, pauseMs: Infinity };
  const answer = await post(receiver, event.webhookId, event.text, tryMs);
  return { verdict: verdictOn(answer), pauseMs: pauseAfter(answer) };
}

function verdictOn(answer: Answer): Verdict {
  // Whoever says so, receiver or host: no smaller request can be made of one event.
  if (answer.kind === 'answer' && answer.status === 413) return { kind: 'refused', reason: reasonOf(answer) };
  const verdicts = verdictsOf(answer, 1);
  const verdict = verdicts === undefined ? undefined : verdicts[0];
  return verdict === undefined ? { kind: 'undelivered', reason: reasonOf(answer) } : verdict;
}

/** Never before the receiver asks to be asked again, and not at the same moment as all other events. */
function pauseAfter(answer: Answer): number {
  const asked = answer.kind === 'answer' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : 1000;
  return asked + Math.floor(Math.random() * 1000);
}
