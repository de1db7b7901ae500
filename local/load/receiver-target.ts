// Posts to a receiver. Trusts receipts, not statuses, as the Atlas function does.
import type { KeyObject } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sha256Hex } from '../../shared/lake/path-name.ts';
import { reasonOf } from '../command.ts';
import { requestHeaders } from '../request-headers.ts';
import { type Delivered, type EventTarget, LoadStopped } from './load-target.ts';
import { type Answer, answerOf, deliveredOf, noLimits, type RequestLimits } from './receiver-answer.ts';

export interface ReceiverAccess {
  /** With `/api/change-events`. */
  readonly url: URL;
  readonly key: string;
  readonly secret: KeyObject | undefined;
}

/** An answer comes within 25 s. An app that starts needs some seconds more. */
const answerMs = 60_000;
const pausesMs = [1_000, 2_000, 5_000, 10_000, 30_000];
const longestPauseMs = 120_000;

export function receiverTarget(access: ReceiverAccess, pauses: readonly number[] = pausesMs): EventTarget {
  /** The limits that the receiver has named so far. */
  let limits = noLimits;

  return { deliver };

  async function deliver(events: readonly Uint8Array[], signal: AbortSignal): Promise<readonly Delivered[]> {
    const delivered: Delivered[] = [];
    for (let at = 0; at < events.length; ) {
      const request = requestOf(events, at, limits);
      delivered.push(...(await deliverAtOnce(request, signal)));
      at += request.length;
    }
    return delivered;
  }

  async function deliverAtOnce(events: readonly Uint8Array[], signal: AbortSignal): Promise<readonly Delivered[]> {
    const body = arrayOf(events);
    for (let tries = 0; ; tries++) {
      const answer = await post(access, body, events.length, signal);
      switch (answer.kind) {
        case 'receipt':
          return answer.events.map(deliveredOf);
        case 'too-large':
          return await inParts(events, answer.limits, signal);
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

  /** Parts within the receiver's limits. Halves if it names none. */
  async function inParts(
    events: readonly Uint8Array[],
    named: RequestLimits,
    signal: AbortSignal,
  ): Promise<readonly Delivered[]> {
    if (events.length === 1) return [{ outcome: 'refused', reason: 'no request of the receiver can carry it (413)' }];
    limits = { events: Math.min(limits.events, named.events), bytes: Math.min(limits.bytes, named.bytes) };
    const isCut = requestOf(events, 0, limits).length < events.length;
    if (isCut) return await deliver(events, signal);
    const half = Math.ceil(events.length / 2);
    const first = await deliver(events.slice(0, half), signal);
    return [...first, ...(await deliver(events.slice(half), signal))];
  }
}

/** The events from a place on that fit into one request. One event always fits, because the receiver may accept it. */
function requestOf(events: readonly Uint8Array[], start: number, limits: RequestLimits): readonly Uint8Array[] {
  let bytes = 1;
  let end = start;
  for (; end < events.length && end - start < limits.events; end++) {
    bytes += (events[end]?.length ?? 0) + 1;
    if (bytes > limits.bytes && end > start) break;
  }
  return events.slice(start, Math.max(end, start + 1));
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

/** The events as one JSON array. */
function arrayOf(events: readonly Uint8Array[]): Buffer {
  const comma = Buffer.from(',');
  const pieces = events.flatMap((event, index) => (index === 0 ? [event] : [comma, event]));
  return Buffer.concat([Buffer.from('['), ...pieces, Buffer.from(']')]);
}
