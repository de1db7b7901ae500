// Writing through the Data Lake endpoint alone: create, append, flush. Between create and flush the file is there, but empty;
// a writer that dies then leaves it so. An empty file is therefore never taken for stored, and writing one is guarded by a
// lease, so that two deliveries cannot mix their bytes.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BlobClient } from '@azure/storage-blob';
import type { DataLakeFileClient } from '@azure/storage-file-datalake';
import { withRetries } from '../../async/retry.ts';
import { codeOf } from '../fault.ts';
import { isConditionNotMet, mayPass } from './azure-error.ts';

/** The shortest that the service grants, and longer than a write may take: a lease never ends while its owner still writes. */
const leaseDuration = 15;
/** How long another writer that is just between its create and its flush is waited for. */
const pausesMs = [50, 100, 200, 400, 800];
/** How many looks a writer without a lease gets to finish its file. */
const looksUnleased = 3;

export interface DfsFile {
  readonly file: DataLakeFileClient;
  /** The same address as a blob client has it: its HEAD asks the Data Lake endpoint, where the Data Lake client asks the Blob one. */
  readonly head: BlobClient;
}

export async function createByDfs(
  target: DfsFile,
  content: Uint8Array,
  contentType: string,
  signal: AbortSignal,
): Promise<'created' | 'exists'> {
  // One for all tries: a later one then knows the file that an earlier one made before its answer was lost.
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
  // `close` raises the event that the storage triggers of Synapse and Data Factory wait for.
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

/** Makes an empty file ours to write; false when it is complete. Throws when another writer holds it for longer than it may be waited for. */
async function claim(target: DfsFile, leaseId: string, signal: AbortSignal): Promise<boolean> {
  for (const [round, pauseMs] of pausesMs.entries()) {
    const found = await look(target, signal);
    if (found.kind === 'complete') return false;
    // Without a lease it is most likely a dead writer's; a writer that takes none gets a moment to finish.
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
  /** By a try of ours whose answer was lost, or by another writer: only the service knows, and refuses the latter. */
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

/** Creating it again takes away what another writer may have appended. Of several that try, one alone matches the ETag. */
async function recreate({ file }: DfsFile, found: Empty, leaseId: string, abortSignal: AbortSignal): Promise<void> {
  if (found.kind === 'leased') await file.create({ conditions: { ifMatch: found.etag, leaseId }, abortSignal });
  else await file.create({ proposedLeaseId: leaseId, leaseDuration, conditions: { ifMatch: found.etag }, abortSignal });
}
