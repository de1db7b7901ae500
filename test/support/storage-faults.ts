// The front of a storage service: counts what comes in, and goes wrong on order, as a network and a busy service do. Behind it
// stands what answers when nothing goes wrong: Azurite, or our own Data Lake endpoint.
import { once } from 'node:events';
import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  createServer as plainServer,
  type ServerResponse,
  request as send,
} from 'node:http';
import { createServer as tlsServer } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
}

export type Serve = (request: IncomingMessage) => Promise<Answer>;

export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  /** The connection breaks, before or after the service did what was asked. */
  | { readonly kind: 'reset-before' }
  | { readonly kind: 'reset-after' }
  /** Held up, for ever where the promise never resolves. */
  | { readonly kind: 'hold'; readonly until: Promise<void> };

export interface StorageFront {
  readonly origin: string;
  readonly requests: readonly IncomingMessage[];
  readonly connections: () => number;
  /** For the next request that `fits`; several orders are served in their turn. */
  readonly order: (fault: Fault, fits?: (request: IncomingMessage) => boolean) => { readonly begun: Promise<void> };
  readonly stop: () => Promise<void>;
}

interface Order {
  readonly fault: Fault;
  readonly fits: (request: IncomingMessage) => boolean;
  readonly begin: () => void;
}

export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export async function startFront(serve: Serve, tls?: Tls): Promise<StorageFront> {
  const requests: IncomingMessage[] = [];
  const orders: Order[] = [];
  let connections = 0;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request);
    // A connection that breaks while a body comes in ends the request; there is nobody left to answer.
    answer(request, response).catch(() => request.destroy());
  };
  const server = tls === undefined ? plainServer(listener) : tlsServer(tls, listener);
  server.on(tls === undefined ? 'connection' : 'secureConnection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = orders.findIndex(({ fits }) => fits(request));
    const [order] = index === -1 ? [] : orders.splice(index, 1);
    order?.begin();
    const fault = order?.fault;
    if (fault?.kind === 'reset-before') return void request.socket.destroy();
    if (fault?.kind === 'hold') await fault.until;
    const answered = fault?.kind === 'answer' ? await refuse(request, fault) : await serve(request);
    if (fault?.kind === 'reset-after') return void request.socket.destroy();
    response.writeHead(answered.status, answered.headers).end(answered.body);
  }

  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    order: (fault, fits = () => true) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      orders.push({ fault, fits, begin: resolve });
      return { begun: promise };
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function refuse(request: IncomingMessage, { status, code }: Fault & { kind: 'answer' }): Promise<Answer> {
  await bodyOf(request);
  return refusal(status, code);
}

/** As the Data Lake endpoint words it; the code stands in the header for both endpoints. */
export function refusal(status: number, code: string): Answer {
  const body = Buffer.from(JSON.stringify({ error: { code, message: `${code}: refused by the fake` } }));
  return { status, headers: { 'x-ms-error-code': code, 'content-type': 'application/json' }, body };
}

/** Hands everything on to a server at `origin`. */
export function forwardTo(origin: string): Serve {
  return async (request) => {
    const { method, headers, url = '/' } = request;
    const forwarded = send(new URL(origin), { method, headers, path: url });
    request.pipe(forwarded);
    const response: IncomingMessage = (await once(forwarded, 'response'))[0];
    const body = await bodyOf(response);
    return { status: response.statusCode ?? 500, headers: endToEnd(response), body };
  };
}

/** Without those that speak of one connection only. */
function endToEnd({ headersDistinct }: IncomingMessage): OutgoingHttpHeaders {
  const ofConnection = ['transfer-encoding', 'connection', 'keep-alive'];
  return Object.fromEntries(Object.entries(headersDistinct).filter(([name]) => !ofConnection.includes(name)));
}

export async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await message.toArray());
}
