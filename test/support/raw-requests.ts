// HTTP of an enemy: repeated headers, bodies that differ from their declaration, bytes that `fetch` would never send.
import { once } from 'node:events';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export const json = { 'content-type': 'application/json' };
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** A header with a list of values is sent once for each. */
export async function sendTo(
  url: string,
  body: Uint8Array | string,
  headers: OutgoingHttpHeaders = json,
): Promise<RawAnswer> {
  const sent = request(`${url}/api/change-events`, { method: 'POST', headers, agent });
  const answered = once(sent, 'response');
  sent.end(body);
  const [response] = await answered;
  return {
    status: response.statusCode,
    contentType: response.headers['content-type'] ?? '',
    body: await text(response),
  };
}

/** Sends without an end, until the answer arrives. */
export async function sendEndlessly(url: string, piece: Uint8Array): Promise<number> {
  const sent = request(`${url}/api/change-events`, { method: 'POST', headers: json });
  let isAnswered = false;
  sent.on('error', () => undefined);
  sent.once('response', () => {
    isAnswered = true;
  });
  const answered = once(sent, 'response');
  while (!isAnswered) if (!sent.write(piece)) await Promise.race([once(sent, 'drain'), answered]);
  const [response] = await answered;
  sent.destroy();
  return response.statusCode;
}

export async function open(url: string, headers: readonly string[], body = ''): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(['POST /api/change-events HTTP/1.1', 'host: localhost', ...headers, '', body].join('\r\n'));
  return socket;
}

/** Everything that arrives before the connection ends. */
export async function saidOn(socket: Socket): Promise<string> {
  return await text(socket).catch(() => '');
}
