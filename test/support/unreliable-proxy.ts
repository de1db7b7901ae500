// A bad network between Atlas and the receiver. It passes requests on, delays them, loses their answers or drops them.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { portOf } from './port-of.ts';

export type Mood =
  | 'pass'
  /** Ends each connection at once. It keeps its port, because another process could take a free one. */
  | 'down'
  | 'drop before'
  /** The receiver handled the request, but its answer is lost. */
  | 'drop after'
  | 'hang'
  | { readonly delayMs: number }
  | { readonly status: number; readonly body: string };

export interface UnreliableProxy {
  readonly url: string;
  readonly behave: (mood: Mood) => void;
}

export async function unreliableProxy(t: Pick<TestContext, 'after'>, receiver: string): Promise<UnreliableProxy> {
  let mood: Mood = 'pass';
  const server = createServer((request, response) => {
    // The connection is broken, so no answer can be sent.
    pass(request, response, mood, receiver).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    if (mood === 'down') socket.resetAndDestroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}/api/change-events`,
    behave: (next) => {
      mood = next;
      // A kept connection would not meet the new mood.
      if (next === 'down') server.closeAllConnections();
    },
  };
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
