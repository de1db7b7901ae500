// Posts to the receiver that the values of the app name. An event whose arrival is unknown is posted once more.
import type { OutgoingEvent } from './event.ts';
import { faultWord } from './log.ts';
import { type Answer, isTooLarge, reasonOf, refusedByStatus, type Verdict, verdictsOf } from './receipt.ts';
import { operations, pause, settingOf, within } from './runtime.ts';
import { signatureHeaders } from './signature.ts';

export interface Receiver {
  readonly url: string;
  readonly key: string;
  /** Base64, without `whsec_`. Empty if requests are not signed. */
  readonly secret: string;
}

/** The values of the app do not name a receiver. */
export interface NoReceiver {
  readonly problem: string;
}

/** Wrong values are a reason to keep events, not to lose them. */
export function openReceiver(): Receiver | NoReceiver {
  const url = settingOf('lakeReceiverUrl');
  const secret = settingOf('lakeSigningSecret');
  if (!/^https?:\/\//i.test(url)) return { problem: 'the value lakeReceiverUrl must be the address of the receiver' };
  // Plain http:// would show the document and the function key to the network.
  if (!/^https:/i.test(url) && !isThisMachine(url))
    return { problem: 'the value lakeReceiverUrl must begin with https://' };
  if (secret !== '' && !isSecret(secret)) return { problem: 'the value lakeSigningSecret must be a whsec_ secret' };
  return { url, key: settingOf('lakeReceiverKey'), secret: secret.slice('whsec_'.length) };
}

function isThisMachine(url: string): boolean {
  return /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:\/|$)/i.test(url);
}

function isSecret(text: string): boolean {
  return /^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

/** Posts once. `http.post` resolves on every status and waits for ever, so both are checked here. */
export async function post(receiver: Receiver, webhookId: string, body: string, timeoutMs: number): Promise<Answer> {
  operations.spent += 1;
  const headers: Record<string, readonly string[]> = { 'Content-Type': ['application/json'] };
  if (receiver.key !== '') headers['x-functions-key'] = [receiver.key];
  // Each post has its own signature, because the receiver accepts a timestamp only for five minutes.
  if (receiver.secret !== '') Object.assign(headers, signatureHeaders(receiver.secret, webhookId, body));
  // A redirect leads to a login page or away from the receiver.
  const request = { url: receiver.url, headers, body, encodeBodyAsJSON: false, followRedirects: false };
  const answer = await within(timeoutMs, answerOf(request));
  return answer === undefined ? { kind: 'silence', reason: `no answer within ${timeoutMs / 1000} s` } : answer;
}

async function answerOf(request: AtlasPost): Promise<Answer> {
  try {
    const { statusCode, headers, body } = await context.http.post(request);
    const text = body === undefined || body === null ? '' : body.text();
    return { kind: 'answer', status: statusCode, text, retryAfterMs: retryAfterMs(headers) };
  } catch (error) {
    return { kind: 'silence', reason: `no connection: ${faultWord(error)}` };
  }
}

/** Reads seconds or a date. Header names keep the case of the server. */
function retryAfterMs(headers: AtlasAnswer['headers'] | undefined): number | undefined {
  if (headers === undefined || headers === null) return undefined;
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'retry-after');
  const text = name === undefined ? '' : String(headers[name]).trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return date > 0 ? Math.max(0, date - Date.now()) : undefined;
}

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
