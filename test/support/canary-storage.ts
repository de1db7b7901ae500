// A storage service with a fault for each name of a database, so that all faults are tested together. Its errors repeat
// the request. Container and file system always fail, so the health check fails.
import type { TestContext } from 'node:test';
import { startDfsServer } from './dfs-server.ts';
import {
  type Answer,
  bodyOf,
  forwardTo,
  refusal,
  type Serve,
  type StorageFront,
  startFront,
} from './storage-faults.ts';

type StorageRequest = Parameters<Serve>[0];

export const moods = {
  well: 'stores',
  repeats: 'answers 500 with all it was sent, also where its code belongs',
  forbids: 'answers 403 with all it was sent',
  breaks: 'resets the connection',
  hangs: 'never answers',
} as const;

export type Mood = keyof typeof moods;

export interface CanaryStorage extends StorageFront {
  /** Everything that was written, in order. */
  readonly written: () => string;
}

export async function canaryStorage(t: Pick<TestContext, 'after'>, api: 'blob' | 'dfs'): Promise<CanaryStorage> {
  const written: Buffer[] = [];
  const dfs = await startDfsServer();
  const serveWell = api === 'blob' ? blobServer(written) : forwardTo(dfs.origin);

  const front = await startFront(async (request) => {
    switch (moodOf(request)) {
      case 'well':
        return await serveWell(request);
      case 'repeats':
        return isWithContent(request) ? await repeat(request, 500) : await serveWell(request);
      case 'breaks':
        throw new Error('As a broken connection: the front then ends it');
      case 'hangs':
        return await new Promise<never>(() => undefined);
      default:
        return await repeat(request, 403);
    }
  });
  t.after(() => Promise.all([front.stop(), dfs.stop()]));
  const committed = () => dfs.names().map((name) => dfs.find(name)?.committed ?? Buffer.alloc(0));
  return { ...front, written: () => [...written, ...committed()].join('') };
}

function moodOf({ url = '' }: StorageRequest): string | undefined {
  return /\/lake\/(\w+)\//.exec(url)?.[1];
}

/** The content of the file, to repeat it. With dfs it comes after the request that creates the file. */
function isWithContent({ method, url = '' }: StorageRequest): boolean {
  return url.includes('action=append') || (method === 'PUT' && !url.includes('resource=file'));
}

function blobServer(written: Buffer[]): Serve {
  const names = new Set<string>();
  return async (request) => {
    const body = await bodyOf(request);
    if (names.has(request.url ?? '')) return refusal(409, 'BlobAlreadyExists');
    names.add(request.url ?? '');
    written.push(body);
    return { status: 201, headers: { etag: '"1"' } };
  };
}

async function repeat(request: StorageRequest, status: number): Promise<Answer> {
  const body = (await bodyOf(request)).toString();
  // The log cuts long texts, so the most secret part comes first.
  const name = request.url?.replace(/^.*\//, '');
  const all = JSON.stringify({
    ...(status === 403 ? { name } : { body }),
    body,
    url: request.url,
    headers: request.headers,
  });
  const code = body.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 4000) || 'AuthenticationFailed';
  const answered = JSON.stringify({ error: { code, message: all } });
  const headers = { 'x-ms-error-code': code, 'content-type': 'application/json', 'x-repeated': code };
  return { status, headers, body: Buffer.from(answered) };
}
