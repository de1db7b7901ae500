// What the receiver's answer says about each event. Receipts are believed, statuses are not: a login page answers 200 too.
import { fieldsOf, textIn } from './fields.ts';
import type { Answer } from './post.ts';

/** What became of one event of a request. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | Refusal
  | { readonly kind: 'undelivered'; readonly reason: string };

export interface Refusal {
  readonly kind: 'refused';
  /** For the outbox. */
  readonly reason: string;
  /** For the log, which more people can read: only words that are known to be harmless. */
  readonly told: string;
}

/** One verdict for each event, in their order. Undefined when the answer has no receipt. */
export function verdictsOf(answer: Answer, eventCount: number): Verdict[] | undefined {
  if (answer.kind === 'silence' || !mayCarryReceipt(answer.status)) return undefined;
  const receipt = problemOf(answer);
  const events: unknown = receipt['events'];
  if (!Array.isArray(events) || events.length !== eventCount) return undefined;
  const outcomes = events.map((event) => fieldsOf(event)['outcome']);
  const addsUp = ['stored', 'alreadyStored', 'refused', 'failed'].every(
    (outcome) => receipt[outcome] === outcomes.filter((one) => one === outcome).length,
  );
  return addsUp ? events.map((event) => verdictOf(fieldsOf(event), answer)) : undefined;
}

function mayCarryReceipt(status: number): boolean {
  return (status >= 200 && status < 300) || status === 400 || status === 503;
}

function verdictOf(event: Fields, answer: Answer): Verdict {
  const outcome = event['outcome'];
  if (outcome === 'stored' || outcome === 'alreadyStored') return { kind: 'delivered' };
  if (outcome !== 'refused') return { kind: 'undelivered', reason: reasonOf(answer) };
  const reason = textIn(event['reason']);
  return { kind: 'refused', reason: reason === undefined ? reasonOf(answer) : reason, told: toldOf(event) };
}

const knownCode = /^[a-z]{1,12}(?:-[a-z]{1,12}){0,2}$/;
const knownField =
  /^(?:_id|_id\._data|operationType|clusterTime|wallTime|ns|ns\.db|ns\.coll|to|documentKey|fullDocument|fullDocumentBeforeChange)$/;

/** Only code and field. The reason is free text: a stranger could write anything into one. Old receivers have no code. */
function toldOf(event: Fields): string {
  const code = textIn(event['code']);
  const field = textIn(event['field']);
  if (code === undefined || !knownCode.test(code)) return 'the outbox says why';
  return field !== undefined && knownField.test(field) ? `${code}: ${field}` : code;
}

/** The request as a whole is refused: for one event alone that is final. */
export function refusedByStatus(answer: Answer): Refusal {
  const reason = reasonOf(answer);
  return { kind: 'refused', reason, told: reason };
}

/** The receiver's own words. Other words could come from anybody. */
const problemType =
  /^urn:atlas-lake-sync:problem:(unsupported-type|body-too-large|over-compressed|text-too-large|too-many-events|not-authentic|not-json|too-deep|events-refused|storage-failed|busy|incomplete-body|misconfigured)$/;

/** Why the request as a whole did not arrive. */
export function reasonOf(answer: Answer): string {
  if (answer.kind === 'silence') return answer.reason;
  const type = problemTypeOf(answer);
  if (type !== undefined) return `answered ${answer.status} ${type}`;
  return `answered ${answer.status}${answer.status < 300 ? ' without a receipt' : ''}`;
}

/** Such as `busy`; undefined for a problem that is not the receiver's own. */
export function problemTypeOf(answer: Answer): string | undefined {
  const type = textIn(problemOf(answer)['type']);
  const known = problemType.exec(type === undefined ? '' : type);
  return known === null ? undefined : known[1];
}

/** The members of a receipt or a problem. Empty when the answer is no JSON object. */
export function problemOf(answer: Answer): Fields {
  if (answer.kind === 'silence') return {};
  try {
    return fieldsOf(JSON.parse(answer.text));
  } catch (_notJson) {
    return {};
  }
}
