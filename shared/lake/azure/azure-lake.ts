// A lake in Azure Data Lake Storage Gen2 (or OneLake, or an emulator). The only file of the receiver that opens a storage SDK.
import { BlobClient, type BlockBlobClient, ContainerClient, type Pipeline } from '@azure/storage-blob';
import { DataLakeFileSystemClient, newPipeline, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { withRetries } from '../../async/retry.ts';
import type { Lake, LakeAccess, LakeApi } from '../lake.ts';
import type { LakeLocation } from '../lake-url.ts';
import { assertLakePath } from '../path-rules.ts';
import { createByDfs } from './dfs-create.ts';
import { impatient } from './impatient-credential.ts';
import { errorCodeOf, mayPass } from './storage-error.ts';

export type AzureLocation = Extract<LakeLocation, { kind: 'azure' }>;

export async function azureLake(location: AzureLocation, access: LakeAccess, api: LakeApi): Promise<Lake> {
  const pipeline = await azurePipeline(location, access);
  return api === 'blob'
    ? blobLake(new ContainerClient(location.blobUrl, pipeline))
    : dfsLake(new DataLakeFileSystemClient(location.dfsUrl, pipeline), pipeline);
}

/**
 * One for the life of the process: its connections are kept alive, and its token is cached. The SDK's own retries are off:
 * they neither know 408 and 429 nor any deadline.
 */
export async function azurePipeline(location: AzureLocation, access: LakeAccess): Promise<Pipeline> {
  return newPipeline(await openAccess(location, access), { retryOptions: { maxTries: 1 } });
}

function blobLake(container: ContainerClient): Lake {
  return {
    create: async (path, content, signal) => {
      assertLakePath(path);
      const blob = container.getBlockBlobClient(path);
      return await withRetries(() => putBlob(blob, content, signal), mayPass, signal);
    },
    check: async (abortSignal) => {
      await container.getProperties({ abortSignal });
    },
  };
}

/**
 * One request, all or nothing: no reader can meet an empty file, and "exists" means that the whole content is there. What a
 * `dfs` writer left empty would be taken for stored too, so LAKE_API is switched when no sender holds undelivered events
 * (docs/lake.md): a look at what exists would cost each redelivery a second request, and the right to read.
 */
async function putBlob(
  blob: BlockBlobClient,
  content: Uint8Array,
  abortSignal: AbortSignal,
): Promise<'created' | 'exists'> {
  try {
    await blob.upload(content, content.byteLength, {
      abortSignal,
      conditions: { ifNoneMatch: '*' },
      blobHTTPHeaders: { blobContentType: 'application/json' },
    });
    return 'created';
  } catch (error) {
    if (errorCodeOf(error) === 'BlobAlreadyExists') return 'exists';
    throw error;
  }
}

function dfsLake(fileSystem: DataLakeFileSystemClient, pipeline: Pipeline): Lake {
  return {
    create: async (path, content, signal) => {
      assertLakePath(path);
      const file = fileSystem.getFileClient(path);
      return await createByDfs({ file, head: new BlobClient(file.url, pipeline) }, content, signal);
    },
    // The SDK asks the Blob endpoint whether a file system exists; listing is what goes to the Data Lake endpoint.
    check: async (abortSignal) => {
      await fileSystem.listPaths({ recursive: false, abortSignal }).byPage({ maxPageSize: 1 }).next();
    },
  };
}

async function openAccess(location: AzureLocation, access: LakeAccess) {
  if (access.kind === 'shared-key') return new StorageSharedKeyCredential(location.account, access.key);
  // Loaded only here: the identity library takes as long to load as all the rest.
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  if (access.kind === 'developer') return impatient(new DefaultAzureCredential());
  const { clientId } = access;
  return impatient(new ManagedIdentityCredential(clientId === undefined ? {} : { clientId }));
}
