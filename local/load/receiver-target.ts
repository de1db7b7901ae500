// Posts to a receiver. Believes receipts, not statuses, as the Atlas function does.
import type { KeyObject } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../../shared/json/record.ts';
import { sha256Hex } from '../../shared/lake/path-name.ts';
import { reasonOf } from '../command.ts';
import { requestHeaders } from '../request-headers.ts';
import { type Delivered, type EventTarget, LoadStopped } from './load-target.ts';

export interface ReceiverAccess {
  /** With `/api/change-events`. */
  readonly url: URL;
  readonly key: string;
  readonly secret: KeyObject | undefined;
}

/** An answer comes within 25 s; an app that has slept takes some more. */
const answerMs = 60_000;
const pausesMs = [1_000, 2_000, 5_000, 10_000, 30_000];
const longestPauseMs = 120_000;

type Answer =
  | { readonly kind: 'receipt'; readonly events: readonly unknown[] }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'later'; readonly why: string; readonly afterMs: number | undefined }
  | { readonly kind: 'not-ours'; readonly why: string };

export function receiverTarget(access: ReceiverAccess, pauses: readonly number[] = pausesMs): EventTarget {
  return { deliver };

  async function deliver(events: readonly Uint8Array[], signal: AbortSignal): Promise<readonly Delivered[]> {
    const body = arrayOf(events);
    for (let tries = 0; ; tries++) {
      const answer = await post(access, body, events.length, signal);
      switch (answer.kind) {
        case 'receipt':
          return answer.events.map(deliveredOf);
        case 'too-large':
          return await inHalves(events, signal);
        case 'not-ours':
          throw new LoadStopped(answer.why);
        case 'later': {
          const pauseMs = pauses[tries];
          if (pauseMs === undefined) throw new LoadStopped(answer.why);
          await pause(Math.min(answer.afterMs ?? pauseMs, longestPauseMs), undefined, { signal });
        }
      }
    }
  }

  async function inHalves(events: readonly Uint8Array[], signal: AbortSignal): Promise<readonly Delivered[]> {
    if (events.length === 1) return [{ outcome: 'refused', reason: 'no request of the receiver can carry it (413)' }];
    const half = Math.ceil(events.length / 2);
    const first = await deliver(events.slice(0, half), signal);
    return [...first, ...(await deliver(events.slice(half), signal))];
  }
}

async function post(
  { url, key, secret }: ReceiverAccess,
  body: Buffer,
  eventCount: number,
  signal: AbortSignal,
): Promise<Answer> {
  const webhookId = `load_${sha256Hex(body.toString('latin1')).slice(0, 32)}`;
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: requestHeaders(body, webhookId, key, secret),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    return answerOf(response.status, await response.text(), response.headers.get('retry-after'), eventCount);
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'later', why: `the receiver must answer: ${reasonOf(error)}`, afterMs: undefined };
  }
}

function answerOf(status: number, text: string, retryAfter: string | null, eventCount: number): Answer {
  const afterMs = retryAfter !== null && /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
  if (status === 413) return { kind: 'too-large' };
  if (status === 200 || status === 400) {
    const events = receiptOf(text, eventCount);
    return events === undefined
      ? { kind: 'not-ours', why: `the receiver must answer with a receipt: it answered ${status} without one` }
      : { kind: 'receipt', events };
  }
  const why = `the receiver must take events: it answered ${status}`;
  if (status === 408 || status === 429 || status >= 500) return { kind: 'later', why, afterMs };
  return { kind: 'not-ours', why: `${why}: ${adviceOn(status)}` };
}

function receiptOf(text: string, eventCount: number): readonly unknown[] | undefined {
  try {
    const receipt: unknown = JSON.parse(text);
    const events = isRecord(receipt) ? receipt['events'] : undefined;
    return Array.isArray(events) && events.length === eventCount ? events : undefined;
  } catch {
    return undefined;
  }
}

/** A failed event comes with a 503. It counts as no receipt here: the whole request is repeated. */
function deliveredOf(event: unknown): Delivered {
  const { outcome, reason }: Readonly<Record<string, unknown>> = isRecord(event) ? event : {};
  if (outcome === 'stored' || outcome === 'alreadyStored') return { outcome };
  if (outcome === 'refused') return { outcome, reason: String(reason) };
  throw new LoadStopped('the receipt must say for each event what became of it');
}

function adviceOn(status: number): string {
  if (status === 401) return 'RECEIVER_KEY must be the function key, and SIGNING_SECRETS a secret of the receiver';
  if (status === 404) return '--url must be the whole address, with /api/change-events';
  return '--url must be the address of a receiver';
}

/** The events as one JSON array. */
function arrayOf(events: readonly Uint8Array[]): Buffer {
  const comma = Buffer.from(',');
  const pieces = events.flatMap((event, index) => (index === 0 ? [event] : [comma, event]));
  return Buffer.concat([Buffer.from('['), ...pieces, Buffer.from(']')]);
}
