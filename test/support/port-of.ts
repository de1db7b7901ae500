import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import type { TestContext } from 'node:test';

/** The port of a server that listens. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/**
 * A port on 127.0.0.1 that refuses connections until the test itself listens there. A connection begins at this port,
 * so no other process gets it.
 */
export async function silentPort(t: Pick<TestContext, 'after'>): Promise<number> {
  const server = createServer((accepted) => accepted.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ port: portOf(server), host: '127.0.0.1', localAddress: '127.0.0.1' });
  await once(socket, 'connect');
  t.after(() => {
    socket.end();
    server.close();
  });
  return Number(socket.localPort);
}
