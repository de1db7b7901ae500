// Writes to Azure Data Lake Storage Gen2, to OneLake or to an emulator, through the endpoint that LAKE_API names.
import { type BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { withRetries } from '../../async/retry.ts';
import { codeOf } from '../fault.ts';
import type { LakeWriter } from '../lake.ts';
import { assertLakePath } from '../path-rules.ts';
import { mayPass } from './azure-error.ts';
import type { AzureLocation } from './azure-location.ts';
import { type AzureAccess, type AzureApi, azurePipeline } from './azure-pipeline.ts';

export async function azureWriter(location: AzureLocation, access: AzureAccess, api: AzureApi): Promise<LakeWriter> {
  const pipeline = await azurePipeline(location, access);
  if (api === 'blob') return blobWriter(new ContainerClient(location.blobUrl, pipeline));
  // A second SDK. It is loaded only here, so that a start with LAKE_API=blob does not wait for it.
  const { dfsWriter } = await import('./dfs-writer.ts');
  return dfsWriter(location, pipeline);
}

function blobWriter(container: ContainerClient): LakeWriter {
  return {
    create: async (path, content, contentType, signal) => {
      assertLakePath(path);
      const blob = container.getBlockBlobClient(path);
      return await withRetries(() => putBlob(blob, content, contentType, signal), mayPass, signal);
    },
    check: async (abortSignal) => {
      await container.getProperties({ abortSignal });
    },
  };
}

/**
 * One request: no reader can find an empty file, and "exists" means that the whole content is there. An empty file of a
 * dead `dfs` writer would also count as stored. So LAKE_API may change only while no sender has undelivered events
 * (docs/lake.md). A check of the file would cost each redelivery a second request, and the right to read.
 */
async function putBlob(
  blob: BlockBlobClient,
  content: Uint8Array,
  blobContentType: string,
  abortSignal: AbortSignal,
): Promise<'created' | 'exists'> {
  try {
    await blob.upload(content, content.byteLength, {
      abortSignal,
      conditions: { ifNoneMatch: '*' },
      blobHTTPHeaders: { blobContentType },
    });
    return 'created';
  } catch (error) {
    if (codeOf(error) === 'BlobAlreadyExists') return 'exists';
    throw error;
  }
}
