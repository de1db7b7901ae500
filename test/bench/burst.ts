// Large requests that arrive at once.
import { once } from 'node:events';
import { Agent, request } from 'node:http';

export interface Burst {
  readonly atOnce: number;
  readonly isZipped?: boolean;
}

/** Their statuses. Each request is stored, or must be sent again. */
export function burst(url: string, body: Uint8Array, { atOnce, isZipped = false }: Burst): Promise<number[]> {
  return Promise.all(Array.from({ length: atOnce }, () => post(url, body, isZipped)));
}

/** `fetch` loses an answer that arrives before the whole body is sent. */
async function post(url: string, body: Uint8Array, isZipped: boolean): Promise<number> {
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const encoded = isZipped ? { ...headers, 'content-encoding': 'gzip' } : headers;
  // With keep-alive. Otherwise an early answer is lost with the connection.
  const agent = new Agent({ keepAlive: true });
  const sent = request(`${url}/api/change-events`, { method: 'POST', headers: encoded, agent });
  const answered = once(sent, 'response');
  sent.end(body);
  const [{ statusCode, headers: told }] = await answered;
  sent.on('error', () => undefined).destroy();
  if (statusCode !== 200 && (statusCode !== 503 || !(Number(told['retry-after']) > 0)))
    throw new Error(`Cannot measure: a request must be stored, or come again later: it is answered with ${statusCode}`);
  return statusCode;
}
