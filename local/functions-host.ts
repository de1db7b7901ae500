// Serves a Functions app over HTTP on this machine: the small part of Azure's host that our functions meet. Bodies reach them
// as streams, as they do in Azure with `enableHttpStream`; keys are not asked for, as with `func start`.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import functions, { type HttpResponseInit } from '@azure/functions';
import type { FunctionsApp } from './functions-app.ts';
import type { RegisteredFunction } from './functions-core.ts';

export interface FunctionsHost {
  readonly port: number;
  /** Takes no more requests, and resolves when those under way are answered. */
  readonly close: () => Promise<void>;
}

/** How long a sender may go on sending after its answer: one that is reset while it sends may never read the answer. */
const drainMs = 1_000;

export async function startFunctionsHost(app: FunctionsApp, port: number): Promise<FunctionsHost> {
  const serve = (request: IncomingMessage, response: ServerResponse): void => void answer(app, request, response);
  // Both loopback addresses, and no other: `localhost` is one or the other, and nobody outside is meant to post here.
  const ipv4 = createServer(serve);
  await listen(ipv4, port, '127.0.0.1');
  const address = ipv4.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  const ipv6 = createServer(serve);
  const servers = (await isListening(ipv6, boundPort)) ? [ipv4, ipv6] : [ipv4];
  return { port: boundPort, close: async () => void (await Promise.all(servers.map(close))) };
}

async function answer(app: FunctionsApp, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost');
    const onRoute = app.functions.filter(({ trigger }) => url.pathname === `/${app.routePrefix}/${trigger.route}`);
    const called = onRoute.find(({ trigger }) => trigger.methods?.some((method) => isMethod(method, request)));
    if (called !== undefined) send(await invoke(called, request, url), request, response);
    else send({ status: onRoute.length > 0 ? 405 : 404 }, request, response);
  } catch (error) {
    console.error(`A function failed: ${error instanceof Error ? error.stack : error}`);
    if (!response.headersSent) send({ status: 500 }, request, response);
  }
}

function isMethod(method: string, { method: requested = '' }: IncomingMessage): boolean {
  return method.toUpperCase() === requested.toUpperCase();
}

async function invoke({ name, invoke: call }: RegisteredFunction, request: IncomingMessage, url: URL) {
  const context = new functions.InvocationContext({
    invocationId: randomUUID(),
    functionName: name,
    logHandler: (level, ...line) => (level === 'error' || level === 'warning' ? console.error : console.log)(...line),
  });
  // As @azure/functions makes one of the stream that the runtime hands it.
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const headers = Object.entries(request.headersDistinct).flatMap(([header, values = []]) =>
    values.map((value): [string, string] => [header, value]),
  );
  const init = { method: request.method ?? 'GET', headers, ...(hasBody && { body: request, duplex: 'half' as const }) };
  const httpRequest = Object.assign(new Request(url, init), { query: url.searchParams, params: {}, user: null });
  return await call(httpRequest, context);
}

function send(init: HttpResponseInit, request: IncomingMessage, response: ServerResponse): void {
  const { type, text } = textOf(init);
  const headers = new Headers(init.headers);
  if (text !== '' && !headers.has('content-type')) headers.set('content-type', type);
  response.setHeaders(headers).writeHead(init.status ?? 200, { 'content-length': Buffer.byteLength(text) });
  // As one piece with its headers: one call of the system where a buffer would take two.
  response.end(text, () => request.complete || drain(request));
}

/** Our functions answer with text, with JSON or with nothing. */
function textOf({ body = '', jsonBody }: HttpResponseInit): { readonly type: string; readonly text: string } {
  if (jsonBody !== undefined) return { type: 'application/json', text: JSON.stringify(jsonBody) };
  if (typeof body !== 'string') throw new Error('Cannot answer: the body must be text: it is of another form');
  return { type: 'text/plain; charset=utf-8', text: body };
}

/** Not by `connection: close`: with that Node closes at once, which resets the connection under whoever still sends. */
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

/** A machine may have no IPv6; a port that is taken there only is taken all the same. */
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
  // A sender keeps its connection open behind the last answer: it is idle from then on, not from now.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await promise;
  clearInterval(sweep);
}
