// What the Data Lake endpoint does with paths, as learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path says:
// create, append, flush, leases and conditions. Where the page leaves room, this one does what is worst for a careless writer.

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
  /** Everything appended so far, with what is committed: flushing makes it the content. */
  appended: Buffer;
  lease: { readonly id: string; readonly endsMs: number } | undefined;
  /** How often content was committed, and whether the last flush closed the file, which raises the storage event. */
  commits: number;
  isClosed: boolean;
}

export type DfsPaths = ReturnType<typeof dfsPaths>;

export function dfsPaths(now: () => number) {
  const paths = new Map<string, DfsPath>();
  let etags = 0;
  const nextEtag = (): string => `"0x${(++etags).toString(16).padStart(15, '0')}"`;
  const leaseStateOf = ({ lease }: DfsPath) =>
    lease === undefined ? 'available' : lease.endsMs > now() ? 'leased' : 'expired';

  /** A created path replaces what was there, also when that is leased and no lease id is given: "the lease is broken". */
  function create(name: string, conditions: Conditions, proposed: ProposedLease | undefined): DfsPath {
    assertName(name);
    const former = paths.get(name);
    if (former !== undefined && conditions.ifNoneMatch === '*') throw new Refused(409, 'PathAlreadyExists');
    assertMatches(former, conditions);
    if (conditions.leaseId !== undefined) assertLease(found(former), conditions);
    const kept = conditions.leaseId === undefined ? undefined : former?.lease;
    const lease = proposed === undefined ? kept : { id: proposed.id, endsMs: now() + proposed.seconds * 1000 };
    const empty = Buffer.alloc(0);
    const commits = former?.commits ?? 0;
    const path = { etag: nextEtag(), committed: empty, appended: empty, lease, commits, isClosed: false };
    paths.set(name, path);
    return path;
  }

  /** Bytes are taken as they come in: two writers at once mix theirs, as long as nothing keeps one of them out. */
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

  function flush(name: string, position: number, held: Conditions, options: { close: boolean; release: boolean }) {
    const path = found(paths.get(name));
    assertLease(path, held);
    assertMatches(path, held);
    if (position !== path.appended.length) throw new Refused(400, 'InvalidFlushPosition');
    path.committed = path.appended;
    path.etag = nextEtag();
    path.commits += 1;
    path.isClosed = options.close;
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

  return {
    create,
    append,
    flush,
    leaseStateOf,
    find: (name: string) => paths.get(name),
    remove: (name: string): void => {
      if (!paths.delete(name)) throw new Refused(404, 'PathNotFound');
    },
    names: () => [...paths.keys()],
  };
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
