import { faultWord } from './fault.ts';
import { operations } from './operations.ts';
import { signatureHeaders } from './signature.ts';
import type { Answer, Receiver } from './types.ts';
import { within } from './within.ts';

/** One try. `http.post` resolves on every status and waits for ever, so both are looked at here. */
export async function post(receiver: Receiver, webhookId: string, body: string, timeoutMs: number): Promise<Answer> {
  operations.spent += 1;
  const headers: Record<string, readonly string[]> = { 'Content-Type': ['application/json'] };
  if (receiver.key !== '') headers['x-functions-key'] = [receiver.key];
  // Signed anew for each try: the receiver takes a timestamp for five minutes.
  if (receiver.secret !== '') Object.assign(headers, signatureHeaders(receiver.secret, webhookId, body));
  // A redirect leads to a login page or away from the receiver: neither is one.
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

/** Seconds or a date. The names of headers have whatever case the server gave them. */
function retryAfterMs(headers: AtlasAnswer['headers'] | undefined): number | undefined {
  if (headers === undefined || headers === null) return undefined;
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'retry-after');
  const text = name === undefined ? '' : String(headers[name]).trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return date > 0 ? Math.max(0, date - Date.now()) : undefined;
}
