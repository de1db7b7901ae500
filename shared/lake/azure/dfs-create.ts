// Writes with three requests of the Data Lake endpoint: create, append, flush. Between create and flush the file is
// empty, and a writer that dies leaves it empty. So an empty file never counts as stored. A lease protects the write,
// so that two deliveries cannot mix their bytes.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BlobClient } from '@azure/storage-blob';
import type { DataLakeFileClient } from '@azure/storage-file-datalake';
import { withRetries } from '../../async/retry.ts';
import { codeOf } from '../fault.ts';
import { isConditionNotMet, mayPass } from './azure-error.ts';

/** In seconds. The shortest lease that the service grants. A write is shorter, so a lease never ends during a write. */
const leaseDuration = 15;
/** Pauses for another writer that is between its create and its flush. */
const pausesMs = [50, 100, 200, 400, 800];
/** The number of looks before an empty file without a lease counts as left by a dead writer. */
const looksUnleased = 3;

export interface DfsFile {
  readonly file: DataLakeFileClient;
  /** Asks the Data Lake endpoint for the size. The Data Lake client of the SDK would ask the Blob endpoint. */
  readonly head: BlobClient;
}

export async function createByDfs(
  target: DfsFile,
  content: Uint8Array,
  contentType: string,
  signal: AbortSignal,
): Promise<'created' | 'exists'> {
  // All tries share one lease. So a retry recognizes its own file if the answer to the first try was lost.
  const leaseId = randomUUID();
  return await withRetries(() => claimAndWrite(target, content, contentType, leaseId, signal), mayPass, signal);
}

async function claimAndWrite(
  target: DfsFile,
  content: Uint8Array,
  contentType: string,
  leaseId: string,
  abortSignal: AbortSignal,
): Promise<'created' | 'exists'> {
  const isOurs = (await createNew(target, leaseId, abortSignal)) || (await claim(target, leaseId, abortSignal));
  if (!isOurs) return 'exists';
  const conditions = { leaseId };
  await target.file.append(content, 0, content.byteLength, { conditions, abortSignal });
  // `close` raises the event for the storage triggers of Synapse and Data Factory.
  const options = { close: true, conditions, leaseAction: 'release', pathHttpHeaders: { contentType } } as const;
  await target.file.flush(content.byteLength, { ...options, abortSignal });
  return 'created';
}

async function createNew({ file }: DfsFile, leaseId: string, abortSignal: AbortSignal): Promise<boolean> {
  try {
    await file.create({ proposedLeaseId: leaseId, leaseDuration, conditions: { ifNoneMatch: '*' }, abortSignal });
    return true;
  } catch (error) {
    if (codeOf(error) === 'PathAlreadyExists') return false;
    throw error;
  }
}

/** Takes over an empty file. False if the file is complete. Throws if another writer holds it for too long. */
async function claim(target: DfsFile, leaseId: string, signal: AbortSignal): Promise<boolean> {
  for (const [round, pauseMs] of pausesMs.entries()) {
    const found = await look(target, signal);
    if (found.kind === 'complete') return false;
    // A file without a lease is most likely from a dead writer. A foreign writer without a lease gets time to finish.
    if ((found.kind === 'leased' || round >= looksUnleased) && (await isRecreated(target, found, leaseId, signal)))
      return true;
    await pause(pauseMs, undefined, { signal });
  }
  const found = await look(target, signal);
  if (found.kind === 'complete') return false;
  await recreate(target, found, leaseId, signal);
  return true;
}

type Empty = Exclude<Found, { kind: 'complete' }>;

type Found =
  | { readonly kind: 'complete' }
  | { readonly kind: 'unleased'; readonly etag: string }
  /** Leased by a try of ours whose answer was lost, or by another writer. Only the service knows which. */
  | { readonly kind: 'leased'; readonly etag: string };

async function look({ head }: DfsFile, abortSignal: AbortSignal): Promise<Found> {
  const { contentLength = 0, etag = '', leaseState } = await head.getProperties({ abortSignal });
  if (contentLength > 0) return { kind: 'complete' };
  return { kind: leaseState === 'leased' ? 'leased' : 'unleased', etag };
}

async function isRecreated(target: DfsFile, found: Empty, leaseId: string, signal: AbortSignal): Promise<boolean> {
  try {
    await recreate(target, found, leaseId, signal);
    return true;
  } catch (error) {
    if (isConditionNotMet(error)) return false;
    throw error;
  }
}

/** A new create removes bytes that another writer has appended. The ETag lets only one of several writers succeed. */
async function recreate({ file }: DfsFile, found: Empty, leaseId: string, abortSignal: AbortSignal): Promise<void> {
  if (found.kind === 'leased') await file.create({ conditions: { ifMatch: found.etag, leaseId }, abortSignal });
  else await file.create({ proposedLeaseId: leaseId, leaseDuration, conditions: { ifMatch: found.etag }, abortSignal });
}
