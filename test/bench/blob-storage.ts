// A minimal storage service for tables. It keeps, lists and returns blobs after a delay, and counts requests.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { portOf } from '../support/port-of.ts';

export interface BlobStorage {
  readonly environment: Readonly<Record<string, string>>;
  readonly blobs: Map<string, Uint8Array>;
  readonly requests: () => number;
  readonly close: () => void;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Uint8Array | string;
}

const containerPath = '/account/lake/';
const pageSize = 5_000;

export async function blobStorage(delayMs: number): Promise<BlobStorage> {
  const blobs = new Map<string, Uint8Array>();
  let requests = 0;
  const server = createServer((request, response) => void serve(request, response));
  // Longer than a run, so that no client finds its connection closed.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${portOf(server)}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests++;
    const body = await buffer(request);
    await pause(delayMs);
    const { status, headers = {}, content = '' } = answerTo(request, body);
    response.writeHead(status, { ...stamps, 'content-length': Buffer.byteLength(content), ...headers }).end(content);
  }

  function answerTo({ method, url = '', headers }: IncomingMessage, body: Uint8Array): Answer {
    const { pathname, searchParams } = new URL(url, origin);
    if (searchParams.get('comp') === 'list') return { status: 200, headers: xml, content: listed(searchParams) };
    const name = decodeURIComponent(pathname.slice(containerPath.length));
    const held = blobs.get(name);
    if (method === 'PUT') {
      if (held !== undefined && headers['if-none-match'] === '*') return refused(409, 'BlobAlreadyExists');
      blobs.set(name, body);
      return { status: 201 };
    }
    return held === undefined ? refused(404, 'BlobNotFound') : given(held, headers['x-ms-range'] ?? headers.range);
  }

  function listed(asked: URLSearchParams): string {
    const prefix = asked.get('prefix') ?? '';
    const names = [...blobs.keys()].filter((name) => name.startsWith(prefix)).sort();
    if (asked.get('delimiter') === '/') {
      const rests = names.map((name) => name.slice(prefix.length)).filter((rest) => rest.includes('/'));
      const folders = new Set(rests.map((rest) => `${prefix}${rest.slice(0, rest.indexOf('/') + 1)}`));
      return page([...folders].map((name) => `<BlobPrefix><Name>${name}</Name></BlobPrefix>`));
    }
    const start = Number(asked.get('marker') ?? 0);
    const next = start + pageSize < names.length ? String(start + pageSize) : '';
    return page(names.slice(start, start + pageSize).map(item), next);
  }

  function item(name: string): string {
    const length = blobs.get(name)?.length ?? 0;
    return `<Blob><Name>${name}</Name><Properties><Last-Modified>${lastModified}</Last-Modified><Etag>0x1</Etag><Content-Length>${length}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`;
  }

  return {
    environment: { LAKE_URL: `${origin}${containerPath}lake`, LAKE_API: 'blob', STORAGE_ACCOUNT_KEY: storageKey },
    blobs,
    requests: () => requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const storageKey = Buffer.alloc(64, 'k').toString('base64');
const lastModified = new Date(0).toUTCString();
const stamps = { etag: '"0x1"', 'last-modified': lastModified, 'x-ms-request-id': '0' };
const xml = { 'content-type': 'application/xml' };

function page(items: readonly string[], next = ''): string {
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://127.0.0.1/account" ContainerName="lake"><Blobs>${items.join('')}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
}

function given(held: Uint8Array, range: string | string[] | undefined): Answer {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(String(range)) ?? [];
  if (from === undefined) return { status: 200, content: held };
  if (Number(from) >= held.length) return refused(416, 'InvalidRange');
  const content = held.subarray(Number(from), to ? Number(to) + 1 : held.length);
  const last = Number(from) + content.length - 1;
  return { status: 206, headers: { 'content-range': `bytes ${from}-${last}/${held.length}` }, content };
}

function refused(status: number, code: string): Answer {
  return { status, headers: { 'x-ms-error-code': code } };
}
