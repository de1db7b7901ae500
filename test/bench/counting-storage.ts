// The least that a storage service can be: takes every Put Blob after a while, and counts.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface CountingStorage {
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: () => number;
  readonly close: () => void;
}

export async function countingStorage(delayMs: number): Promise<CountingStorage> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests++;
    for await (const _piece of request);
    if (delayMs > 0) await pause(delayMs);
    const headers = { etag: '"0x1"', 'last-modified': new Date(0).toUTCString(), 'x-ms-request-id': '0' };
    response.writeHead(201, headers).end();
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const key = Buffer.alloc(64, 'k').toString('base64');
  return {
    environment: { LAKE_URL: `http://127.0.0.1:${port}/account/lake`, STORAGE_ACCOUNT_KEY: key },
    requests: () => requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
