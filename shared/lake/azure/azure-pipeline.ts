// How Azure's storage is reached: with which proof, and through which endpoint.
import { newPipeline, type Pipeline, type RequestPolicyFactory, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { AzureLocation } from './azure-location.ts';
import { developerCredential, impatient } from './impatient-credential.ts';

export type AzureAccess =
  | { readonly kind: 'shared-key'; readonly key: string }
  | { readonly kind: 'managed-identity'; readonly clientId: string | undefined }
  | { readonly kind: 'developer' };

/** Writes go as one Put Blob, or as create, append and flush: docs/decisions/001. Reads go to the same endpoint. */
export type AzureApi = 'blob' | 'dfs';

/**
 * One for the life of a port: its connections are kept alive, and its token is cached. The SDK's own retries are off:
 * they neither know 408 and 429 nor any deadline.
 */
export async function azurePipeline(location: AzureLocation, access: AzureAccess): Promise<Pipeline> {
  return newPipeline(await openAccess(location, access), { retryOptions: { maxTries: 1 } });
}

/**
 * For a blob client that reads from the Data Lake endpoint, whose reference knows the header `Range` alone:
 * https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/read
 */
export async function dfsReadPipeline(location: AzureLocation, access: AzureAccess): Promise<Pipeline> {
  const pipeline = await azurePipeline(location, access);
  pipeline.factories.push(plainRange);
  return pipeline;
}

const plainRange: RequestPolicyFactory = {
  create: (next) => ({
    sendRequest: (request) => {
      const range = request.headers.get('x-ms-range');
      if (range !== undefined) {
        request.headers.set('range', range);
        request.headers.remove('x-ms-range');
      }
      return next.sendRequest(request);
    },
  }),
};

async function openAccess(location: AzureLocation, access: AzureAccess) {
  if (access.kind === 'shared-key') return new StorageSharedKeyCredential(location.account, access.key);
  if (access.kind === 'developer') return await developerCredential();
  const { ManagedIdentityCredential } = await import('@azure/identity');
  const { clientId } = access;
  return impatient(new ManagedIdentityCredential(clientId === undefined ? {} : { clientId }));
}
