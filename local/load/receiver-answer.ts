// Reads a receiver's answer. Receipts count, not statuses.
import { problemPrefix } from '../../shared/http/response.ts';
import { isRecord, recordIn } from '../../shared/json/record.ts';
import { type Delivered, LoadStopped } from './load-target.ts';

export type Answer =
  | { readonly kind: 'receipt'; readonly events: readonly unknown[] }
  | { readonly kind: 'too-large'; readonly limits: RequestLimits }
  | { readonly kind: 'later'; readonly why: string; readonly afterMs: number | undefined }
  | { readonly kind: 'not-ours'; readonly why: string };

/** The limits of one request. Infinity if the answer has no limit, as that of a host or a proxy. */
export interface RequestLimits {
  readonly events: number;
  readonly bytes: number;
}

export const noLimits: RequestLimits = { events: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

export function answerOf(status: number, text: string, retryAfter: string | null, eventCount: number): Answer {
  const afterMs = retryAfter !== null && /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
  if (status === 413) return { kind: 'too-large', limits: limitsIn(text) };
  if (status === 200 || status === 400) {
    const { events } = recordIn(text);
    return Array.isArray(events) && events.length === eventCount
      ? { kind: 'receipt', events }
      : { kind: 'not-ours', why: `the receiver must answer with a receipt: it answered ${status} without one` };
  }
  const why = `the receiver must take events: it answered ${status}`;
  if (status === 408 || status === 429 || status >= 500) return { kind: 'later', why, afterMs };
  return { kind: 'not-ours', why: `${why}: ${adviceOn(status)}` };
}

/** A failed event comes with a 503. That does not count as a receipt here, so the whole request is repeated. */
export function deliveredOf(event: unknown): Delivered {
  const { outcome, reason }: Readonly<Record<string, unknown>> = isRecord(event) ? event : {};
  if (outcome === 'stored' || outcome === 'alreadyStored') return { outcome };
  if (outcome === 'refused') return { outcome, reason: String(reason) };
  throw new LoadStopped('the receipt must say for each event what became of it');
}

function limitsIn(text: string): RequestLimits {
  const { type, limit } = recordIn(text);
  const most = typeof limit === 'number' && limit > 0 ? limit : Number.POSITIVE_INFINITY;
  return {
    events: type === `${problemPrefix}too-many-events` ? most : noLimits.events,
    bytes: type === `${problemPrefix}body-too-large` ? most : noLimits.bytes,
  };
}

function adviceOn(status: number): string {
  if (status === 401) return 'RECEIVER_KEY must be the function key, and SIGNING_SECRETS a secret of the receiver';
  if (status === 404) return '--url must be the whole address, with /api/change-events';
  return '--url must be the address of a receiver';
}
