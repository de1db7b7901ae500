// Our own Data Lake endpoint, because no emulator has one. It refuses what the service refuses. It also refuses and
// counts calls for the Blob endpoint, so that a wrong call is seen.
import { type Conditions, type DfsPath, dfsPaths, type ProposedLease, Refused } from './dfs-paths.ts';
import {
  type Answer,
  bodyOf,
  refusal,
  type StorageFront,
  type StorageRequest,
  startFront,
  type Tls,
} from './storage-faults.ts';

export interface DfsServer extends StorageFront {
  readonly find: (path: string) => DfsPath | undefined;
  readonly names: () => readonly string[];
  /** The traces of a writer that dies before it appends: an empty file, and a lease that nobody renews. */
  readonly leaveEmptyFile: (path: string, leaseSeconds?: number) => void;
  readonly misdirected: readonly StorageRequest[];
  /** Lets leases expire. */
  readonly passTime: (ms: number) => void;
}

export const fileSystem = 'lake';

export async function startDfsServer(tls?: Tls): Promise<DfsServer> {
  let nowMs = 0;
  const misdirected: StorageRequest[] = [];
  const paths = dfsPaths(() => nowMs);

  async function serve(request: StorageRequest): Promise<Answer> {
    try {
      return await serveOrRefuse(request);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // Reads the body to its end. Otherwise a sender would see a broken connection instead of the refusal.
      await bodyOf(request);
      return refusal(error.status, error.code);
    }
  }

  async function serveOrRefuse(request: StorageRequest): Promise<Answer> {
    const { query, name, fileSystem: container } = target(request);
    if (isForBlobEndpoint(request, query)) {
      misdirected.push(request);
      throw new Refused(400, 'InvalidUri');
    }
    if (request.headers.authorization === undefined) throw new Refused(401, 'NoAuthenticationInformation');
    if (container !== fileSystem) throw new Refused(404, 'FilesystemNotFound');
    const conditions = conditionsOf(request);
    switch (`${request.method} ${query.get('action') ?? query.get('resource') ?? ''}`) {
      case 'GET filesystem':
        return list(query);
      case 'HEAD filesystem':
        return { status: 200, headers: { 'x-ms-namespace-enabled': 'true' } };
      case 'GET ':
        return content(paths.find(name), request);
      case 'DELETE ':
        paths.remove(name, query.get('recursive') === 'true');
        return { status: 200, headers: {} };
      case 'PUT file':
        await expectNoBody(request);
        return { status: 201, headers: { etag: paths.create(name, conditions, proposedLease(request)).etag } };
      case 'PATCH append':
        await paths.append(name, positionOf(query), numberOf(request, 'content-length'), request, conditions);
        return { status: 202, headers: {} };
      case 'PATCH flush': {
        await expectNoBody(request);
        const options = {
          close: query.get('close') === 'true',
          release: isReleasing(request),
          contentType: single(request.headers['x-ms-content-type']),
        };
        return { status: 200, headers: { etag: paths.flush(name, positionOf(query), conditions, options).etag } };
      }
      case 'HEAD ':
        return properties(paths.find(name));
      default:
        throw new Refused(400, 'InvalidQueryParameterValue');
    }
  }

  /** The continuation is opaque to clients. Here it is a number. */
  function list(query: URLSearchParams): Answer {
    const recursive = query.get('recursive');
    const most = Number(query.get('maxResults') ?? 5000);
    if (recursive === null) throw new Refused(400, 'MissingRequiredQueryParameter');
    if (!(most >= 1)) throw new Refused(400, 'OutOfRangeQueryParameterValue');
    const from = Number(query.get('continuation') ?? 0);
    const all = paths.list(query.get('directory') ?? '', recursive === 'true');
    const to = from + Math.min(most, 5000);
    const continuation = to < all.length ? { 'x-ms-continuation': String(to) } : {};
    const answer = json({ paths: all.slice(from, to) });
    return { ...answer, headers: { ...answer.headers, ...continuation } };
  }

  /** This endpoint knows `Range`, and ignores the header of the Blob endpoint. */
  function content(path: DfsPath | undefined, { headers }: StorageRequest): Answer {
    if (path === undefined) throw new Refused(404, 'PathNotFound');
    const { committed, etag } = path;
    const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    if (from === '') return { status: 200, headers: { 'content-length': committed.length, etag }, body: committed };
    if (Number(from) >= committed.length) throw new Refused(416, 'InvalidRange');
    const body = committed.subarray(Number(from), to === '' ? undefined : Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + body.length - 1}/${committed.length}`;
    return { status: 206, headers: { 'content-length': body.length, 'content-range': range, etag }, body };
  }

  function properties(path: DfsPath | undefined): Answer {
    if (path === undefined) throw new Refused(404, 'PathNotFound');
    const state = paths.leaseStateOf(path);
    const headers = {
      'content-length': path.committed.length,
      etag: path.etag,
      'x-ms-resource-type': 'file',
      'x-ms-lease-state': state,
      'x-ms-lease-status': state === 'leased' ? 'locked' : 'unlocked',
    };
    return { status: 200, headers };
  }

  return {
    ...(await startFront(serve, tls)),
    find: paths.find,
    names: paths.names,
    leaveEmptyFile: (path, leaseSeconds) => {
      const lease = leaseSeconds === undefined ? undefined : { id: 'of-a-dead-writer', seconds: leaseSeconds };
      paths.create(path, {}, lease);
    },
    misdirected,
    passTime: (ms) => {
      nowMs += ms;
    },
  };
}

/** `/<file system>/<path>`, or `/<account>/<file system>/<path>` if the host names no account. Dot segments stay. */
function target({ url = '/', headers: { host = '' } }: StorageRequest) {
  const [pathname = '', query] = url.split('?', 2);
  const segments = pathname.split('/').slice(host.startsWith('127.') ? 2 : 1);
  const [container, ...levels] = segments.map(decodeURIComponent);
  return { fileSystem: container, name: levels.join('/').replaceAll('\\', '/'), query: new URLSearchParams(query) };
}

function isForBlobEndpoint({ headers }: StorageRequest, query: URLSearchParams): boolean {
  const isOtherHost = headers.host?.includes('.blob.') === true;
  return isOtherHost || headers['x-ms-blob-type'] !== undefined || query.has('comp') || query.has('restype');
}

function conditionsOf({ headers }: StorageRequest): Conditions {
  return {
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    leaseId: single(headers['x-ms-lease-id']),
  };
}

function proposedLease(request: StorageRequest): ProposedLease | undefined {
  const id = single(request.headers['x-ms-proposed-lease-id']);
  if (id === undefined) return undefined;
  const seconds = numberOf(request, 'x-ms-lease-duration');
  const isUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  if (!isUuid || !(seconds >= 15 && seconds <= 60)) throw new Refused(400, 'InvalidHeaderValue');
  return { id, seconds };
}

function isReleasing({ headers }: StorageRequest): boolean {
  const action = headers['x-ms-lease-action'];
  if (action !== undefined && action !== 'release') throw new Refused(400, 'InvalidHeaderValue');
  return action === 'release';
}

async function expectNoBody(request: StorageRequest): Promise<void> {
  if ((await bodyOf(request)).length > 0) throw new Refused(400, 'ContentLengthMustBeZero');
}

function positionOf(query: URLSearchParams): number {
  const position = query.get('position');
  if (position === null) throw new Refused(400, 'MissingRequiredQueryParameter');
  return Number(position);
}

function numberOf({ headers }: StorageRequest, name: string): number {
  return Number(single(headers[name]) ?? 'none');
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function json(value: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}
