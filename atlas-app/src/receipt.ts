import { fieldsOf, textIn } from './fields.ts';
import type { Answer, Verdict } from './types.ts';

/**
 * What the receiver's receipt says of each of the events, in their order. Receipts are believed, statuses are not: a login page
 * answers 200 too. Undefined where there is none.
 */
export function verdictsOf(answer: Answer, eventCount: number): Verdict[] | undefined {
  if (answer.kind === 'silence' || !mayCarryReceipt(answer.status)) return undefined;
  const receipt = problemOf(answer);
  const events: unknown = receipt['events'];
  if (!Array.isArray(events) || events.length !== eventCount) return undefined;
  const outcomes = events.map((event) => fieldsOf(event)['outcome']);
  const addsUp = ['stored', 'alreadyStored', 'refused', 'failed'].every(
    (outcome) => receipt[outcome] === outcomes.filter((one) => one === outcome).length,
  );
  return addsUp ? events.map((event) => verdictOf(event, answer)) : undefined;
}

function mayCarryReceipt(status: number): boolean {
  return (status >= 200 && status < 300) || status === 400 || status === 503;
}

function verdictOf(event: unknown, answer: Answer): Verdict {
  const { outcome, reason } = fieldsOf(event);
  if (outcome === 'stored' || outcome === 'alreadyStored') return { kind: 'delivered' };
  if (outcome !== 'refused') return { kind: 'undelivered', reason: reasonOf(answer) };
  const why = textIn(reason);
  return { kind: 'refused', reason: why === undefined ? reasonOf(answer) : why };
}

/** The receiver's own: another word could be anybody's. */
const problemType =
  /^urn:atlas-lake-sync:problem:(unsupported-type|body-too-large|too-many-events|not-authentic|not-json|too-deep|events-refused|storage-failed|busy|incomplete-body|misconfigured)$/;

/** Why the request as a whole did not arrive. */
export function reasonOf(answer: Answer): string {
  if (answer.kind === 'silence') return answer.reason;
  const type = textIn(problemOf(answer)['type']);
  const known = problemType.exec(type === undefined ? '' : type);
  if (known !== null) return `answered ${answer.status} ${known[1]}`;
  return `answered ${answer.status}${answer.status < 300 ? ' without a receipt' : ''}`;
}

/** The members of a receipt or a problem; none where the answer is no JSON object. */
export function problemOf(answer: Answer): Fields {
  if (answer.kind === 'silence') return {};
  try {
    return fieldsOf(JSON.parse(answer.text));
  } catch (_notJson) {
    return {};
  }
}
