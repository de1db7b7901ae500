// A network that treats each request by a plan. The receiver behind it can restart at another address, but its sender
// knows only this one.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { setTimeout as passed } from 'node:timers/promises';
import type { Fault } from './model-plan.ts';
import { portOf } from './port-of.ts';

export interface ModelProxy {
  readonly url: string;
  readonly reach: (receiver: string) => void;
  /** Runs once, after the next request was passed on. */
  readonly withNext: (act: () => void) => void;
  readonly behaveWell: () => void;
  /** Resolves when no request is open, not even one that the sender gave up. */
  readonly settled: () => Promise<void>;
  /** The number of requests for each fate. */
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
    // The connection is broken, so no answer can be sent.
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

  return {
    url: `http://127.0.0.1:${portOf(server)}/api/change-events`,
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
