// A minimal storage service. It accepts the requests of both endpoints after a delay, and counts them.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { portOf } from '../support/port-of.ts';

export interface Taken {
  readonly requests: number;
  readonly bytes: number;
}

export interface CountingStorage {
  readonly environment: Readonly<Record<string, string>>;
  readonly taken: () => Taken;
  /** The delay of each answer from now on. */
  readonly answerAfter: (ms: number) => void;
  readonly close: () => void;
}

export async function countingStorage(delayMs = 0): Promise<CountingStorage> {
  const taken = { requests: 0, bytes: 0 };
  let waitMs = delayMs;
  const server = createServer((request, response) => void take(request, response));
  // Longer than a run, so that no client finds its connection closed.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    taken.requests++;
    for await (const piece of request) taken.bytes += piece.length;
    if (waitMs > 0) await pause(waitMs);
    response.writeHead(statusOf(request), answerHeaders).end();
  }

  return {
    environment: { LAKE_URL: `http://127.0.0.1:${port}/account/lake`, STORAGE_ACCOUNT_KEY: storageKey },
    taken: () => ({ ...taken }),
    answerAfter: (ms) => {
      waitMs = ms;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const storageKey = Buffer.alloc(64, 'k').toString('base64');
const answerHeaders = { etag: '"0x1"', 'last-modified': new Date(0).toUTCString(), 'x-ms-request-id': '0' };

/** The Data Lake endpoint answers 202 to an append, and 200 to a flush. */
function statusOf({ url = '' }: IncomingMessage): number {
  if (url.includes('action=append')) return 202;
  return url.includes('action=flush') ? 200 : 201;
}
