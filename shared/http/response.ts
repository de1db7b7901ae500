// Turns a receipt into an HTTP answer. The statuses are a contract with all senders: 400, 401, 413 and 415 are final,
// and 503 asks for a retry.
import { countOutcomes, type EventOutcome } from '../events/event-outcome.ts';
import { refusalText } from '../events/refusal.ts';
import { maxDepth } from '../json/json-fault.ts';
import { maxTextBytes } from './bytes-in-flight.ts';
import { maxRatio } from './inflate.ts';
import type { Receipt } from './receipt.ts';
import type { ReceiverSettings } from './receive.ts';

// This comes first, because `misconfigured` uses it while the module loads.
export const problemPrefix = 'urn:atlas-lake-sync:problem:';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Limits = Pick<ReceiverSettings, 'maxBodyBytes' | 'maxEvents'>;

export function toResponse(receipt: Receipt, limits: Limits): HttpAnswer {
  switch (receipt.kind) {
    case 'received':
      return answerEvents(receipt.events);
    case 'unsupported-type':
      return problem(
        415,
        'unsupported-type',
        'The body must be JSON: content-type application/json in UTF-8, uncompressed or with gzip',
      );
    case 'body-too-large':
      return tooLarge(
        'body-too-large',
        `The body must have at most ${limits.maxBodyBytes} bytes (MAX_BODY_BYTES)`,
        limits.maxBodyBytes,
      );
    case 'over-compressed':
      return tooLarge(
        'over-compressed',
        `The body must inflate to at most ${maxRatio} times its size: send it uncompressed`,
        maxRatio,
      );
    case 'text-too-large':
      return tooLarge(
        'text-too-large',
        `The text written for a request must have at most ${maxTextBytes(limits.maxBodyBytes)} bytes (from MAX_BODY_BYTES)`,
        maxTextBytes(limits.maxBodyBytes),
        membersOf(receipt.events, 'Cannot store the event in this request: send it in a smaller request'),
      );
    case 'too-many-events':
      return tooLarge(
        'too-many-events',
        `A request must have at most ${limits.maxEvents} events (MAX_EVENTS)`,
        limits.maxEvents,
      );
    case 'not-authentic':
      return problem(401, 'not-authentic', 'The request must carry a valid signature');
    case 'not-json':
      return problem(400, 'not-json', 'The body must be JSON: a change event, or an array of them');
    case 'too-deep':
      return problem(400, 'too-deep', `The body must nest at most ${maxDepth} levels`);
    case 'busy':
      return problem(503, 'busy', 'The receiver holds too many bytes at once: send again', 1);
    case 'incomplete-body':
      return problem(503, 'incomplete-body', 'The body did not arrive completely and in time: send again', 1);
  }
}

/** The log names the wrong settings. A 503 makes senders keep their events until the operator has fixed them. */
export const misconfigured: HttpAnswer = problem(
  503,
  'misconfigured',
  'The receiver is not set up: its log says why',
  60,
);

function answerEvents(events: readonly EventOutcome[]): HttpAnswer {
  const members = membersOf(events, 'Cannot store the event now: send it again');
  if (members.failed > 0)
    return problem(503, 'storage-failed', 'Some events could not be stored: send them again', 5, members);
  if (members.refused > 0)
    return problem(400, 'events-refused', 'Some events are not change events', undefined, members);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(members) };
}

function membersOf(events: readonly EventOutcome[], reasonOfFailed: string) {
  return { ...countOutcomes(events), events: events.map((event) => forSender(event, reasonOfFailed)) };
}

/** Only the log has the storage error. The sender can do nothing but send again. */
function forSender(event: EventOutcome, reasonOfFailed: string): Readonly<Record<string, string>> {
  switch (event.outcome) {
    case 'stored':
    case 'alreadyStored':
      return { outcome: event.outcome, path: event.path };
    case 'refused':
      return { outcome: event.outcome, ...event.refusal, reason: refusalText(event.refusal) };
    case 'failed':
      return { outcome: event.outcome, reason: reasonOfFailed };
  }
}

/** The limit is also a number. A sender that reads it need not try smaller and smaller requests. */
function tooLarge(type: string, title: string, limit: number, members = {}): HttpAnswer {
  return problem(413, type, title, undefined, { limit, ...members });
}

/** Problem details of RFC 9457. The `type` is stable. The `title` is for people. */
function problem(
  status: number,
  type: string,
  title: string,
  retryAfterSeconds?: number,
  members: Readonly<Record<string, unknown>> = {},
): HttpAnswer {
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...retryAfter },
    body: JSON.stringify({ type: `${problemPrefix}${type}`, title, status, ...members }),
  };
}
