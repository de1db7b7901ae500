// Serves a Functions app on this machine, as the part of Azure's host that our functions need. It calls functions by
// HTTP and by timer. Bodies are streams, as in Azure with `enableHttpStream`. It needs no keys, as `func start` does.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HttpResponseInit } from '@azure/functions';
import type { FunctionsApp } from './functions-app.ts';
import type { RegisteredFunction } from './functions-core.ts';
import { invocationOf, logFailure } from './invocation.ts';
import { isAskedFromHere, type LocalRoute } from './local-routes.ts';
import { type Timers, timersOf } from './timers.ts';

export interface FunctionsHost {
  readonly port: number;
  /** Stops new requests and runs. Resolves when those under way have ended. */
  readonly close: () => Promise<void>;
}

/** A sender may send this long after its answer. A sender that is reset while it sends may never read the answer. */
const drainMs = 1_000;

export async function startFunctionsHost(app: FunctionsApp, port: number, local?: LocalRoute): Promise<FunctionsHost> {
  const timers = timersOf(app.functions);
  const serve = (request: IncomingMessage, response: ServerResponse): void =>
    void answer({ app, timers, local }, request, response);
  // Listens on both loopback addresses, because `localhost` can be either. Other machines must not post here.
  const ipv4 = createServer(serve);
  await listen(ipv4, port, '127.0.0.1');
  const address = ipv4.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  const ipv6 = createServer(serve);
  const servers = (await isListening(ipv6, boundPort)) ? [ipv4, ipv6] : [ipv4];
  // Begins only now. If the port is taken, another host already runs these timers.
  timers.begin();
  return { port: boundPort, close: async () => void (await Promise.all([timers.close(), ...servers.map(close)])) };
}

interface Served {
  readonly app: FunctionsApp;
  readonly timers: Timers;
  readonly local: LocalRoute | undefined;
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost');
  const [, area] = /^\/(admin|local)\//.exec(url.pathname) ?? [];
  try {
    if (area === undefined) send(await callFunction(served.app, request, url), request, response);
    else if (!isAskedFromHere(request)) send({ status: 403 }, request, response);
    else if (area === 'admin') send({ status: startRun(served, url, request) }, request, response);
    else
      send((await served.local?.(request, url, request.socket.localPort ?? 0)) ?? { status: 404 }, request, response);
  } catch (error) {
    logFailure(url.pathname, error);
    if (!response.headersSent) send({ status: 500 }, request, response);
  }
}

async function callFunction(app: FunctionsApp, request: IncomingMessage, url: URL): Promise<HttpResponseInit> {
  const onRoute = app.functions.filter(
    ({ trigger: { route } }) => route !== undefined && url.pathname === `/${app.routePrefix}/${route}`,
  );
  const called = onRoute.find(({ trigger }) => trigger.methods?.some((method) => isMethod(method, request)));
  if (called === undefined) return { status: onRoute.length > 0 ? 405 : 404 };
  // Azure asks for a key here. A tunnel to this machine is only for events. It must not show the page to everybody.
  const isPage = request.method === 'GET' && called.trigger.authLevel !== 'anonymous';
  if (isPage && !isAskedFromHere(request)) return { status: 403 };
  return await invoke(called, request, url);
}

/** Returns the status of Azure's host for `POST /admin/functions/<name>`. The run begins after the answer. */
function startRun({ app, timers }: Served, { pathname }: URL, request: IncomingMessage): number {
  const name = /^\/admin\/functions\/([\w-]+)$/.exec(pathname)?.[1] ?? '';
  const isKnown = app.functions.some((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!isKnown) return 404;
  if (!isMethod('POST', request)) return 405;
  // Azure starts every kind of function this way. Here only a timer can start, because the others need a message.
  return timers.start(name) ? 202 : 501;
}

function isMethod(method: string, { method: requested = '' }: IncomingMessage): boolean {
  return method.toUpperCase() === requested.toUpperCase();
}

async function invoke({ name, invoke: call }: RegisteredFunction, request: IncomingMessage, url: URL) {
  // Does what @azure/functions does with the stream from the runtime.
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const headers = Object.entries(request.headersDistinct).flatMap(([header, values = []]) =>
    values.map((value): [string, string] => [header, value]),
  );
  const init = { method: request.method ?? 'GET', headers, ...(hasBody && { body: request, duplex: 'half' as const }) };
  const httpRequest = Object.assign(new Request(url, init), { query: url.searchParams, params: {}, user: null });
  return await call(httpRequest, invocationOf(name));
}

function send(init: HttpResponseInit, request: IncomingMessage, response: ServerResponse): void {
  const { type, text } = textOf(init);
  const headers = new Headers(init.headers);
  if (text !== '' && !headers.has('content-type')) headers.set('content-type', type);
  response.setHeaders(headers).writeHead(init.status ?? 200, { 'content-length': Buffer.byteLength(text) });
  // A text is sent together with the headers, in one system call. A buffer would need two.
  response.end(text, () => request.complete || drain(request));
}

/** Our functions answer with text, JSON or an empty body. */
function textOf({ body = '', jsonBody }: HttpResponseInit): { readonly type: string; readonly text: string } {
  if (jsonBody !== undefined) return { type: 'application/json', text: JSON.stringify(jsonBody) };
  if (typeof body !== 'string') throw new Error('Cannot answer: the body must be text: it is something else');
  return { type: 'text/plain; charset=utf-8', text: body };
}

/** Reads the rest of a body. With `connection: close`, Node would reset the connection while the sender sends. */
function drain(request: IncomingMessage): void {
  request.removeAllListeners('readable').resume();
  const giveUp = setTimeout(() => request.socket.destroy(), drainMs).unref();
  request.once('end', () => clearTimeout(giveUp));
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await promise;
}

/** A machine can lack IPv6. If another program uses the port on IPv6 only, the port is taken too. */
async function isListening(server: Server, port: number): Promise<boolean> {
  try {
    await listen(server, port, '::1');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw error;
    return false;
  }
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // A sender keeps its connection open after the last answer. Such a connection becomes idle later, so we look again.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await promise;
  clearInterval(sweep);
}
