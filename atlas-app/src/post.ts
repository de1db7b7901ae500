// One request to the receiver.
import { faultWord } from './log.ts';
import { operations } from './outbox.ts';
import { signatureHeaders } from './signature.ts';
import { within } from './time.ts';
import type { Receiver } from './values.ts';

export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly text: string;
      readonly retryAfterMs: number | undefined;
    }
  /** No answer in time, or no connection. The events can have arrived. */
  | { readonly kind: 'silence'; readonly reason: string };

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

export function isTooLarge(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status === 413;
}
