// A bad network between Atlas and the receiver. It passes requests on, delays them, loses their answers or drops them.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';

export type Mood =
  | 'pass'
  /** Accepts no connection. */
  | 'down'
  | 'drop before'
  /** The receiver handled the request, but its answer is lost. */
  | 'drop after'
  | 'hang'
  | { readonly delayMs: number }
  | { readonly status: number; readonly body: string };

export interface UnreliableProxy {
  readonly url: string;
  readonly behave: (mood: Mood) => Promise<void>;
}

export async function unreliableProxy(t: Pick<TestContext, 'after'>, receiver: string): Promise<UnreliableProxy> {
  let mood: Mood = 'pass';
  const server = createServer((request, response) => {
    // The connection is broken, so no answer can be sent.
    pass(request, response, mood, receiver).catch(() => request.socket.destroy());
  });
  const port = await listen(server, 0);
  t.after(() => close(server));
  return {
    url: `http://127.0.0.1:${port}/api/change-events`,
    behave: async (next) => {
      if (next === 'down') await close(server);
      else if (!server.listening) await listen(server, port);
      mood = next;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function pass(request: IncomingMessage, response: ServerResponse, mood: Mood, receiver: string): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  if (mood === 'hang') return;
  if (mood === 'drop before') return void request.socket.resetAndDestroy();
  if (typeof mood === 'object' && 'status' in mood) return void response.writeHead(mood.status).end(mood.body);
  if (typeof mood === 'object') await new Promise((resolve) => setTimeout(resolve, mood.delayMs));

  const names = ['content-type', 'x-functions-key', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const headers = names.map((name): [string, string] => [name, String(request.headers[name])]);
  const answer = await fetch(`${receiver}/api/change-events`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (mood === 'drop after') return void request.socket.resetAndDestroy();
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
}
