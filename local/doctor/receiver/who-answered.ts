// Finds out who answered: the receiver, Azure, or another program. Pure.
import { problemPrefix } from '../../../shared/http/response.ts';
import { recordIn } from '../../../shared/json/record.ts';
import type { JsonObject } from '../../atlas-deploy/json.ts';
import type { ReceiverAnswer } from './receiver-call.ts';

export type Answerer =
  | { readonly kind: 'receipt'; readonly isEmpty: boolean }
  /** A problem of the receiver's own, such as `not-authentic`. */
  | { readonly kind: 'problem'; readonly type: string }
  | { readonly kind: 'health'; readonly isWell: boolean }
  /** A login page, or another gate before the app. */
  | { readonly kind: 'login' }
  /** Azure's host refused before the function: the key is missing or wrong. */
  | { readonly kind: 'key' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unwell'; readonly status: number }
  | { readonly kind: 'another'; readonly status: number };

export function whoAnswered(answer: Pick<ReceiverAnswer, 'status' | 'headers' | 'text'>): Answerer {
  const { status, headers } = answer;
  const body = recordIn(answer.text);
  const type = typeof body['type'] === 'string' ? body['type'] : '';
  const word = type.startsWith(problemPrefix) ? type.slice(problemPrefix.length) : '';
  if (/^[a-z-]{1,40}$/.test(word)) return { kind: 'problem', type: word };
  if (isReceipt(body)) return { kind: 'receipt', isEmpty: isEmpty(body) };
  if (body['status'] === 'ok' || body['status'] === 'unavailable')
    return { kind: 'health', isWell: status === 200 && body['status'] === 'ok' };

  const isPage = headers.get('content-type')?.startsWith('text/html') === true;
  if (status >= 300 && status < 400) return { kind: 'login' };
  if (status === 401) return headers.has('www-authenticate') || isPage ? { kind: 'login' } : { kind: 'key' };
  if (status === 403) return { kind: 'closed' };
  if (status === 404 || status === 405) return { kind: 'nothing' };
  if (status >= 500) return { kind: 'unwell', status };
  return isPage && /<form|password|sign.?in|log.?in/i.test(answer.text)
    ? { kind: 'login' }
    : { kind: 'another', status };
}

const counts = ['stored', 'alreadyStored', 'refused', 'failed'];

function isReceipt(body: JsonObject): boolean {
  return counts.every((name) => typeof body[name] === 'number') && Array.isArray(body['events']);
}

function isEmpty(body: JsonObject): boolean {
  return counts.every((name) => body[name] === 0);
}
