// Keeps a receiver busy for a while, and reports the time of each request.
import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';

export interface Load {
  /** Requests under way at once; 1 is an ordered trigger. */
  readonly concurrency: number;
  readonly forMs: number;
}

/** In milliseconds, one for each request. */
export async function latenciesOf(
  { concurrency, forMs }: Load,
  send: (agent: Agent) => Promise<void>,
): Promise<number[]> {
  const latencies: number[] = [];
  // Of this load alone: a server closes what is idle until the next one, and the first request would meet that.
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

/** `fetch` takes several times the CPU of this, and the machine that measures is the one that is measured. */
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
