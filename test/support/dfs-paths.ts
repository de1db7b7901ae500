// What the Data Lake endpoint does with paths, as learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path
// says: create, append, flush, delete, list, leases and conditions. Directories are real. If the page allows several
// answers, it gives the worst one for a careless writer.

export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly leaseId?: string | undefined;
}

export interface ProposedLease {
  readonly id: string;
  readonly seconds: number;
}

export interface DfsPath {
  etag: string;
  committed: Buffer;
  /** Everything appended so far, after the committed content. A flush makes it the content. */
  appended: Buffer;
  lease: { readonly id: string; readonly endsMs: number } | undefined;
  /** The number of commits, and whether the last flush closed the file. Closing raises the storage event. */
  commits: number;
  isClosed: boolean;
  contentType: string;
}

/** In the form of List Paths. Only directories have `isDirectory`. */
export interface ListedPath {
  readonly name: string;
  readonly isDirectory?: 'true';
  readonly contentLength: string;
  readonly lastModified: string;
}

export interface FlushOptions {
  readonly close: boolean;
  readonly release: boolean;
  readonly contentType: string | undefined;
}

export type DfsPaths = ReturnType<typeof dfsPaths>;

export function dfsPaths(now: () => number) {
  const paths = new Map<string, DfsPath>();
  const directories = new Set<string>();
  let etags = 0;
  const nextEtag = (): string => `"0x${(++etags).toString(16).padStart(15, '0')}"`;
  const leaseStateOf = ({ lease }: DfsPath) =>
    lease === undefined ? 'available' : lease.endsMs > now() ? 'leased' : 'expired';

  /** A create replaces an existing path, also a leased one without a lease id: "the lease is broken". */
  function create(name: string, conditions: Conditions, proposed: ProposedLease | undefined): DfsPath {
    assertName(name);
    if (directories.has(name))
      throw new Refused(409, conditions.ifNoneMatch === '*' ? 'PathAlreadyExists' : 'PathConflict');
    for (const folder of foldersAbove(name)) if (paths.has(folder)) throw new Refused(409, 'PathConflict');
    const former = paths.get(name);
    if (former !== undefined && conditions.ifNoneMatch === '*') throw new Refused(409, 'PathAlreadyExists');
    assertMatches(former, conditions);
    if (conditions.leaseId !== undefined) assertLease(found(former), conditions);
    const kept = conditions.leaseId === undefined ? undefined : former?.lease;
    const lease = proposed === undefined ? kept : { id: proposed.id, endsMs: now() + proposed.seconds * 1000 };
    const empty = Buffer.alloc(0);
    const commits = former?.commits ?? 0;
    const contentType = 'application/octet-stream';
    const path = { etag: nextEtag(), committed: empty, appended: empty, lease, commits, isClosed: false, contentType };
    for (const folder of foldersAbove(name)) directories.add(folder);
    paths.set(name, path);
    return path;
  }

  /** Bytes are appended as they arrive. Two writers at once mix their bytes, unless a lease prevents it. */
  async function append(
    name: string,
    position: number,
    length: number,
    chunks: AsyncIterable<Buffer>,
    held: Conditions,
  ): Promise<void> {
    const path = found(paths.get(name));
    assertLease(path, held);
    if (length === 0) throw new Refused(400, 'InvalidHeaderValue');
    if (position < path.committed.length || position > path.appended.length)
      throw new Refused(400, 'InvalidQueryParameterValue');
    const grown = Buffer.alloc(Math.max(position + length, path.appended.length));
    path.appended.copy(grown);
    path.appended = grown;
    let at = position;
    for await (const chunk of chunks) at += chunk.copy(path.appended, at);
  }

  function flush(name: string, position: number, held: Conditions, options: FlushOptions) {
    const path = found(paths.get(name));
    assertLease(path, held);
    assertMatches(path, held);
    if (position !== path.appended.length) throw new Refused(400, 'InvalidFlushPosition');
    path.committed = path.appended;
    path.etag = nextEtag();
    path.commits += 1;
    path.isClosed = options.close;
    path.contentType = options.contentType ?? path.contentType;
    if (options.release) path.lease = undefined;
    return path;
  }

  function assertLease(path: DfsPath, { leaseId }: Conditions): void {
    const isLeased = leaseStateOf(path) === 'leased';
    if (leaseId === undefined && isLeased) throw new Refused(412, 'LeaseIdMissing');
    if (leaseId === undefined) return;
    if (path.lease === undefined) throw new Refused(412, 'LeaseNotPresentWithBlobOperation');
    if (path.lease.id !== leaseId) throw new Refused(412, 'LeaseIdMismatchWithBlobOperation');
    if (!isLeased) throw new Refused(412, 'LeaseLost');
  }

  function remove(name: string, recursive: boolean): void {
    if (paths.delete(name)) return;
    if (!directories.has(name)) throw new Refused(404, 'PathNotFound');
    const below = [...paths.keys(), ...directories].filter((path) => path.startsWith(`${name}/`));
    if (below.length > 0 && !recursive) throw new Refused(409, 'DirectoryNotEmpty');
    for (const path of [name, ...below]) void (paths.delete(path) || directories.delete(path));
  }

  /**
   * Everything below a directory, folder by folder. In one folder, files and directories are sorted together by their
   * bytes.
   */
  function list(directory: string, recursive: boolean): ListedPath[] {
    if (directory !== '' && !directories.has(directory)) throw new Refused(404, 'PathNotFound');
    const inside = [...paths.keys(), ...directories]
      .filter((path) => folderOf(path) === directory)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const deeper = recursive ? inside.filter((path) => directories.has(path)) : [];
    return [...inside.map(listed), ...deeper.flatMap((path) => list(path, true))];
  }

  function listed(name: string): ListedPath {
    const contentLength = String(paths.get(name)?.committed.length ?? 0);
    const found = { name, contentLength, lastModified: new Date().toUTCString() };
    return directories.has(name) ? { ...found, isDirectory: 'true' } : found;
  }

  return {
    create,
    append,
    flush,
    leaseStateOf,
    find: (name: string) => paths.get(name),
    remove,
    list,
    names: () => [...paths.keys()],
  };
}

function foldersAbove(name: string): string[] {
  const levels = name.split('/');
  return levels.slice(1).map((_, index) => levels.slice(0, index + 1).join('/'));
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

function assertMatches(path: DfsPath | undefined, { ifMatch }: Conditions): void {
  if (ifMatch !== undefined && path?.etag !== ifMatch) throw new Refused(412, 'ConditionNotMet');
}

function found(path: DfsPath | undefined): DfsPath {
  if (path === undefined) throw new Refused(404, 'PathNotFound');
  return path;
}

function assertName(name: string): void {
  const segments = name.split('/');
  if (segments.length >= 60) throw new Refused(409, 'PathIsTooDeep');
  const isFit = segments.every((segment) => /^[^\p{Cc}\\]*[^.\p{Cc}\\]$/u.test(segment));
  if (name.length > 1024 || !isFit) throw new Refused(400, 'InvalidResourceName');
}
