// A network that treats each request as it is planned, and a receiver behind it that may come back elsewhere: its sender knows
// one address only.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { setTimeout as passed } from 'node:timers/promises';
import type { Fault } from './model-plan.ts';

export interface ModelProxy {
  readonly url: string;
  readonly reach: (receiver: string) => void;
  /** Done once, as soon as the next request is passed on. */
  readonly withNext: (act: () => void) => void;
  readonly behaveWell: () => void;
  /** When nothing is under way any more, also what the sender no longer waits for. */
  readonly settled: () => Promise<void>;
  /** How many requests met what. */
  readonly counts: () => Readonly<Record<string, number>>;
}

export type Witness = (body: string, answer: string) => void;

const names = ['content-type', 'x-functions-key', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

export async function modelProxy(
  t: Pick<TestContext, 'after'>,
  faults: readonly Fault[],
  witness: Witness,
): Promise<ModelProxy> {
  const underWay = new Set<Promise<void>>();
  const counts: Record<string, number> = {};
  let receiver = '';
  let requests = 0;
  let isWell = false;
  let act: (() => void) | undefined;

  const server = createServer((request, response) => {
    // Nobody is left to answer where a connection breaks.
    const answered = answer(request, response).catch(() => {
      count('no receiver');
      request.socket.resetAndDestroy();
    });
    underWay.add(answered);
    void answered.then(() => underWay.delete(answered));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });

  function count(what: string): void {
    counts[what] = (counts[what] ?? 0) + 1;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const fault: Fault = (isWell ? undefined : faults[requests++ % faults.length]) ?? { kind: 'none' };
    count(fault.kind);
    switch (fault.kind) {
      case 'drop before':
        return void request.socket.resetAndDestroy();
      case 'answer':
        return void response.writeHead(fault.status).end(fault.body);
      case 'delay':
      case 'hang':
        await passed(fault.ms);
        return await pass(request, body, response);
      case 'drop after':
        return await pass(request, body, undefined);
      case 'none':
        return await pass(request, body, response);
    }
  }

  async function pass(request: IncomingMessage, body: Buffer, response: ServerResponse | undefined): Promise<void> {
    const headers = names.map((name): [string, string] => [name, String(request.headers[name])]);
    act?.();
    act = undefined;
    const answered = await fetch(`${receiver}/api/change-events`, { method: 'POST', headers, body });
    const text = await answered.text();
    witness(body.toString(), text);
    if (response === undefined) return void request.socket.resetAndDestroy();
    response.writeHead(answered.status, { 'content-type': 'application/json' }).end(text);
  }

  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/api/change-events`,
    reach: (next) => {
      receiver = next;
    },
    withNext: (next) => {
      act = next;
    },
    behaveWell: () => {
      isWell = true;
      act = undefined;
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    counts: () => counts,
  };
}
