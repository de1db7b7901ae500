// Keeps a receiver busy for a while, and reports the time of each request.
import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';

export interface Load {
  /** The number of requests at once. 1 is an ordered trigger. */
  readonly concurrency: number;
  readonly forMs: number;
}

/** In milliseconds, one for each request. */
export async function latenciesOf(
  { concurrency, forMs }: Load,
  send: (agent: Agent) => Promise<void>,
): Promise<number[]> {
  const latencies: number[] = [];
  // Only for this load. The server closes idle connections before the next load, and its first request would fail.
  const agent = new Agent({ keepAlive: true });
  const end = performance.now() + forMs;
  async function keepSending(): Promise<void> {
    for (let began = performance.now(); began < end; ) {
      await send(agent);
      const now = performance.now();
      latencies.push(now - began);
      began = now;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, keepSending));
  agent.destroy();
  return latencies;
}

/** `fetch` needs several times the CPU, and one machine measures and is measured. */
export async function answerTo(
  { url, ...options }: RequestOptions & { readonly url: string },
  body: string | Uint8Array,
): Promise<{ readonly status: number; readonly text: string }> {
  const sent = request(url, options).setHeader('content-length', Buffer.byteLength(body));
  sent.end(body);
  const [response]: IncomingMessage[] = await once(sent, 'response');
  let text = '';
  if (response !== undefined) for await (const piece of response) text += piece;
  return { status: response?.statusCode ?? 0, text };
}
