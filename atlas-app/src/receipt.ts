// Reads the outcome of each event from the receiver's answer. Only a receipt counts, not a status: a login page also
// answers 200.
import { fieldsOf, textIn } from './event.ts';

export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly text: string;
      readonly retryAfterMs: number | undefined;
    }
  /** No answer in time, or no connection. The events can have arrived. */
  | { readonly kind: 'silence'; readonly reason: string };

export function isTooLarge(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status === 413;
}

/** The outcome of one event of a request. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | Refusal
  | { readonly kind: 'undelivered'; readonly reason: string };

export interface Refusal {
  readonly kind: 'refused';
  /** For the outbox. */
  readonly reason: string;
  /** For the log, because more people can read it. It has only known, harmless words. */
  readonly told: string;
}

/** One verdict for each event, in their order. Undefined if the answer has no receipt. */
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
  // A 413 has a receipt when the text of some events was too large: the others can be durable.
  return (status >= 200 && status < 300) || status === 400 || status === 413 || status === 503;
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

/**
 * Uses only code and field: the reason is free text, and a stranger could write anything. Old receivers send no code.
 */
function toldOf(event: Fields): string {
  const code = textIn(event['code']);
  const field = textIn(event['field']);
  if (code === undefined || !knownCode.test(code)) return 'the outbox says why';
  return field !== undefined && knownField.test(field) ? `${code}: ${field}` : code;
}

/** The whole request is refused. For a single event that is final. */
export function refusedByStatus(answer: Answer): Refusal {
  const reason = reasonOf(answer);
  return { kind: 'refused', reason, told: reason };
}

/** The problem types of the receiver. Other words can come from anyone. */
const problemType =
  /^urn:atlas-lake-sync:problem:(unsupported-type|body-too-large|over-compressed|text-too-large|too-many-events|not-authentic|not-json|too-deep|events-refused|storage-failed|busy|incomplete-body|misconfigured)$/;

/** Why the whole request failed. */
export function reasonOf(answer: Answer): string {
  if (answer.kind === 'silence') return answer.reason;
  const type = problemTypeOf(answer);
  if (type !== undefined) return `answered ${answer.status} ${type}`;
  return `answered ${answer.status}${answer.status < 300 ? ' without a receipt' : ''}`;
}

/** A type such as `busy`. Undefined for an answer of another server. */
function problemTypeOf(answer: Answer): string | undefined {
  const type = textIn(problemOf(answer)['type']);
  const known = problemType.exec(type === undefined ? '' : type);
  return known === null ? undefined : known[1];
}

/** The receiver itself names a problem. Anything else comes from before it, or it has not survived the request. */
export function isFromReceiver(answer: Answer): boolean {
  return problemTypeOf(answer) !== undefined;
}

/** The limit that the receiver names in a 413. Infinity where it names none: a host or a proxy does not. */
export function limitsIn(answer: Answer): { readonly events: number; readonly bytes: number } {
  const type = problemTypeOf(answer);
  const { limit } = problemOf(answer);
  const most = typeof limit === 'number' && limit > 0 ? limit : Infinity;
  return {
    events: type === 'too-many-events' ? most : Infinity,
    bytes: type === 'body-too-large' ? most : Infinity,
  };
}

/** The members of a receipt or a problem. Empty if the answer is no JSON object. */
function problemOf(answer: Answer): Fields {
  if (answer.kind === 'silence') return {};
  try {
    return fieldsOf(JSON.parse(answer.text));
  } catch (_notJson) {
    return {};
  }
}
