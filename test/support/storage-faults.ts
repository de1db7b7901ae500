// The front of a storage service. It counts requests, and fails on command, as a network and a busy service do. Behind
// it is the service without faults: Azurite, or our own Data Lake endpoint.
import { once } from 'node:events';
import {
  Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  createServer as plainServer,
  type ServerResponse,
  request as send,
} from 'node:http';
import { createServer as tlsServer } from 'node:https';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { portOf } from './port-of.ts';

export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
}

/** The request as a service sees it: an `IncomingMessage`, or a changed one. */
export type StorageRequest = Readable & Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

export type Serve = (request: StorageRequest) => Promise<Answer>;

export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  /** The connection breaks, before or after the service handled the request. */
  | { readonly kind: 'reset-before' }
  | { readonly kind: 'reset-after' }
  /** Half of the body reaches the service. Then the connection breaks on both sides of the front. */
  | { readonly kind: 'reset-half' }
  /** The service handled the request, and something on the way replaces its answer. */
  | { readonly kind: 'answer-after'; readonly status: number; readonly code: string }
  /** Served after this time. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Delayed. For ever if the promise never resolves. */
  | { readonly kind: 'hold'; readonly until: Promise<void> }
  /** Received completely at once, and handled only then. By that time its sender may have given up. */
  | { readonly kind: 'late'; readonly until: Promise<void> };

export interface StorageFront {
  readonly origin: string;
  readonly requests: readonly IncomingMessage[];
  readonly connections: () => number;
  /** For the next request that `fits`. Several orders are served in turn. */
  readonly order: (fault: Fault, fits?: (request: IncomingMessage) => boolean) => { readonly begun: Promise<void> };
  /** For each request that `fits`, until it is removed. Called once for each request, in order of arrival. */
  readonly orderLasting: (fault: Fault, fits: (request: IncomingMessage) => boolean) => { readonly lift: () => void };
  /** Each request is answered or held up. */
  readonly isAtRest: () => boolean;
  /** Resolves when the requests of `late` faults are handled. */
  readonly lateOnes: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Order {
  readonly fault: Fault;
  readonly fits: (request: IncomingMessage) => boolean;
  readonly begin: () => void;
  readonly isLasting: boolean;
}

export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The address of a server that ends with the test. */
export async function served(t: Pick<TestContext, 'after'>, serve: Serve): Promise<string> {
  const front = await startFront(serve);
  t.after(() => front.stop());
  return front.origin;
}

export async function startFront(serve: Serve, tls?: Tls): Promise<StorageFront> {
  const requests: IncomingMessage[] = [];
  const orders: Order[] = [];
  const late: Promise<Answer>[] = [];
  const underWay = new Set<IncomingMessage>();
  let connections = 0;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request);
    underWay.add(request);
    response.once('close', () => underWay.delete(request));
    // No answer can be sent after the connection to the sender or to the service broke. Ends the socket, because the
    // end of a complete request does not. The sender would wait for ever where time stands still.
    answer(request, response).catch(() => request.socket.destroy());
  };
  const server = tls === undefined ? plainServer(listener) : tlsServer(tls, listener);
  server.on(tls === undefined ? 'connection' : 'secureConnection', () => connections++);
  // Never closed from this side. On a busy machine a client would not notice it in time, and send on a closed
  // connection.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = orders.findIndex(({ fits }) => fits(request));
    const order = orders[index];
    if (order?.isLasting === false) orders.splice(index, 1);
    order?.begin();
    const answered = await answerWith(order?.fault, request);
    if (answered === 'reset') request.socket.destroy();
    else response.writeHead(answered.status, answered.headers).end(answered.body);
  }

  async function answerWith(fault: Fault | undefined, request: IncomingMessage): Promise<Answer | 'reset'> {
    switch (fault?.kind) {
      case undefined:
        return await serve(request);
      case 'answer':
        return await refuse(request, fault);
      case 'answer-after':
        await serve(request);
        return refusal(fault.status, fault.code);
      case 'reset-before':
        return 'reset';
      case 'reset-half':
        await serve(await firstHalfOf(request)).catch(() => undefined);
        return 'reset';
      case 'reset-after':
        await serve(request);
        return 'reset';
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        return await serve(request);
      case 'hold':
        underWay.delete(request);
        await fault.until;
        if (!request.destroyed) underWay.add(request);
        return await serve(request);
      case 'late': {
        const taken = withBody(request, Readable.from([await bodyOf(request)]));
        underWay.delete(request);
        const served = fault.until.then(() => serve(taken));
        late.push(served);
        return await served;
      }
    }
  }

  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    order: (fault, fits = () => true) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      orders.push({ fault, fits, begin: resolve, isLasting: false });
      return { begun: promise };
    },
    orderLasting: (fault, fits) => {
      const order: Order = { fault, fits, begin: () => undefined, isLasting: true };
      orders.push(order);
      return { lift: () => void (orders.includes(order) && orders.splice(orders.indexOf(order), 1)) };
    },
    isAtRest: () => underWay.size === 0,
    lateOnes: async () => void (await Promise.allSettled(late)),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Pauses before the break, so that the half reaches the service. */
async function firstHalfOf(request: IncomingMessage): Promise<StorageRequest> {
  const body = await bodyOf(request);
  async function* half() {
    if (body.length > 1) yield body.subarray(0, body.length >> 1);
    await pause(20);
    throw new Error('reset');
  }
  return withBody(request, Readable.from(half()));
}

function withBody({ method = '', url = '', headers }: IncomingMessage, body: Readable): StorageRequest {
  return Object.assign(body, { method, url, headers });
}

async function refuse(request: IncomingMessage, { status, code }: Fault & { kind: 'answer' }): Promise<Answer> {
  await bodyOf(request);
  return refusal(status, code);
}

/** In the form of the Data Lake endpoint. Both endpoints have the code in the header. */
export function refusal(status: number, code: string): Answer {
  const body = Buffer.from(JSON.stringify({ error: { code, message: `${code}: refused by the fake` } }));
  return { status, headers: { 'x-ms-error-code': code, 'content-type': 'application/json' }, body };
}

/** For a server that never closes an idle connection, such as our Azurite. */
export const keptConnections = new Agent({ keepAlive: true });

/**
 * Passes everything on to a server at `origin`. Each request has its own connection, because a kept one could close.
 */
export function forwardTo(origin: string, agent: Agent | false = false): Serve {
  return async (request) => {
    const { method, headers, url = '/' } = request;
    const forwarded = send(new URL(origin), { method, headers, path: url, agent });
    request.on('error', (error) => forwarded.destroy(error)).pipe(forwarded);
    const response: IncomingMessage = (await once(forwarded, 'response'))[0];
    const body = await bodyOf(response);
    return { status: response.statusCode ?? 500, headers: endToEnd(response), body };
  };
}

/** Leaves out the headers about one connection. */
function endToEnd({ headersDistinct }: IncomingMessage): OutgoingHttpHeaders {
  const ofConnection = ['transfer-encoding', 'connection', 'keep-alive'];
  return Object.fromEntries(Object.entries(headersDistinct).filter(([name]) => !ofConnection.includes(name)));
}

export async function bodyOf(message: Readable): Promise<Buffer> {
  return Buffer.concat(await message.toArray());
}
