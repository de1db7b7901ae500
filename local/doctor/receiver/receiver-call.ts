// Sends one request to the receiver, with limits for the time and for the size of the answer.
import { type KeyObject, randomUUID } from 'node:crypto';
import { reasonOf } from '../../command.ts';
import { requestHeaders } from '../../request-headers.ts';

export type Called =
  | ({ readonly kind: 'answered' } & ReceiverAnswer)
  | { readonly kind: 'unreachable'; readonly why: string };

export interface ReceiverAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** An app without recent requests needs long to start. */
const limitMs = 45_000;
const mostRead = 65_536;

export async function askHealth(address: URL): Promise<Called> {
  return await call(new URL('health', address), {});
}

/** Posts an empty delivery. It stores no event, and its receipt has only zeros. */
export async function postNothing(address: URL, key: string, secret: KeyObject | undefined): Promise<Called> {
  const body = '[]';
  return await call(address, {
    method: 'POST',
    body,
    headers: requestHeaders(body, `doctor_${randomUUID()}`, key, secret),
  });
}

async function call(url: URL, init: RequestInit): Promise<Called> {
  const sentMs = Date.now();
  try {
    // A redirect leads to a login page, which must not get the key.
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(limitMs) });
    const answeredMs = Date.now();
    const text = await beginningOf(response);
    return { kind: 'answered', status: response.status, headers: response.headers, text, sentMs, answeredMs };
  } catch (error) {
    const why = reasonOf(error);
    return { kind: 'unreachable', why: /^\w{1,64}$/.test(why) ? why : 'no answer' };
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  if (body !== null)
    for await (const piece of body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > mostRead) break;
    }
  return Buffer.concat(pieces).toString('utf8');
}
