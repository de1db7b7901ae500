// A receiver that follows a script, and records the requests. By default it takes every event and gives a true receipt.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { portOf } from './port-of.ts';

export interface Told {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** The events of the body: one, or those of an array. */
  readonly events: readonly unknown[];
  readonly atMs: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Act = Reply | 'hang' | 'reset' | ((told: Told) => Reply);

export interface ScriptedReceiver {
  readonly url: string;
  readonly told: readonly Told[];
  /** One for each of the next requests. The last one stays. */
  readonly act: (...acts: Act[]) => void;
}

export async function scriptedReceiver(t: Pick<TestContext, 'after'>): Promise<ScriptedReceiver> {
  const told: Told[] = [];
  let acts: Act[] = [storeAll];
  const server = createServer(async (request, response) => {
    const one = await read(request);
    told.push(one);
    const [act = storeAll] = acts;
    if (acts.length > 1) acts = acts.slice(1);
    perform(act, one, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}/api/change-events`,
    told,
    act: (...next) => {
      acts = next;
    },
  };
}

async function read(request: IncomingMessage): Promise<Told> {
  const body = Buffer.concat(await request.toArray()).toString('utf8');
  const parsed: unknown = JSON.parse(body);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
  return { headers, body, events: Array.isArray(parsed) ? parsed : [parsed], atMs: Date.now() };
}

function perform(act: Act, told: Told, request: IncomingMessage, response: ServerResponse): void {
  if (act === 'hang') return;
  if (act === 'reset') return void request.socket.resetAndDestroy();
  const { status, headers = {}, body = '' } = typeof act === 'function' ? act(told) : act;
  response.writeHead(status, headers).end(body);
}

export function storeAll({ events }: Told): Reply {
  return receiptOf(events.map(() => 'stored'));
}

/** The receiver's answer for events with these outcomes. */
export function receiptOf(
  outcomes: readonly string[],
  reason = 'Cannot read change event: "_id" must be a resume token',
  refusal: object = {},
): Reply {
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  const counts = Object.fromEntries(['stored', 'alreadyStored', 'refused', 'failed'].map((one) => [one, count(one)]));
  const events = outcomes.map((outcome) =>
    outcome.endsWith('tored') ? { outcome, path: 'p' } : { outcome, reason, ...refusal },
  );
  const status = count('failed') > 0 ? 503 : count('refused') > 0 ? 400 : 200;
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...counts, events }) };
}

/** The receiver's answer if the text for the lake is too large. The events that it has not stored are failed. */
export function tooMuchTextOf(outcomes: readonly string[]): Reply {
  return problemOf(413, 'text-too-large', { limit: 16_000_000, ...JSON.parse(receiptOf(outcomes).body ?? '') });
}

export function problemOf(status: number, type: string, members: object = {}): Reply {
  const body = { type: `urn:atlas-lake-sync:problem:${type}`, title: type, status, ...members };
  return { status, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(body) };
}
