// The two storages that fail during deliveries: Azurite, and our own Data Lake endpoint. Each crash point has its own
// lake.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Azurite, emulatorAccount, emulatorKey } from './azurite.ts';
import type { StruckStorage } from './crash-points.ts';
import { fileSystem, startDfsServer } from './dfs-server.ts';
import { forwardTo, keptConnections, type Serve, startFront } from './storage-faults.ts';

let lakes = 0;

export async function struckAzurite(t: TestContext, azurite: Azurite): Promise<StruckStorage> {
  const directory = `lake-${++lakes}`;
  const commits = new Map<string, number>();
  const read = new Map<string, Buffer>();
  const front = await startFront(countCommits(forwardTo(azurite.origin, keptConnections), commits));
  t.after(front.stop);
  const address = `/${emulatorAccount}/${azurite.container}`;

  return {
    front,
    environment: { LAKE_URL: `${front.origin}${address}/${directory}`, STORAGE_ACCOUNT_KEY: emulatorKey },
    files: async () => {
      const found = await azurite.versions(`${directory}/`);
      // An ETag names one content, so no content is read twice.
      for (const [path, etag] of found)
        if (!read.has(etag)) read.set(etag, (await azurite.read(path)) ?? assert.fail('a listed file is missing'));
      return new Map(
        [...found].map(([path, etag]) => [
          path,
          { bytes: read.get(etag) ?? nothing, commits: commits.get(`${address}/${path}`) ?? 0 },
        ]),
      );
    },
    passTime: () => undefined,
  };
}

/** The service's own answer, also if the answer was lost. */
function countCommits(serve: Serve, commits: Map<string, number>): Serve {
  return async (request) => {
    const answer = await serve(request);
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
    if (request.method === 'PUT' && answer.status === 201) commits.set(path, (commits.get(path) ?? 0) + 1);
    return answer;
  };
}

export async function struckDfsServer(t: TestContext): Promise<StruckStorage> {
  const server = await startDfsServer();
  t.after(server.stop);
  return {
    front: server,
    environment: { LAKE_URL: `${server.origin}/${emulatorAccount}/${fileSystem}`, STORAGE_ACCOUNT_KEY: emulatorKey },
    files: async () => {
      const found = server.names().map((path) => [path, server.find(path)] as const);
      return new Map(
        found.map(([path, file]) => [path, { bytes: file?.committed ?? nothing, commits: file?.commits ?? 0 }]),
      );
    },
    passTime: server.passTime,
  };
}

const nothing = Buffer.alloc(0);
