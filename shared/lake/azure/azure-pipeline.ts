// Opens a connection to Azure's storage: the credential, and the endpoint.
import { newPipeline, type Pipeline, type RequestPolicyFactory, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { AzureLocation } from './azure-location.ts';
import { quickLists } from './blob-list.ts';
import { developerCredential, impatient } from './impatient-credential.ts';

export type AzureAccess =
  | { readonly kind: 'shared-key'; readonly key: string }
  | { readonly kind: 'managed-identity'; readonly clientId: string | undefined }
  | { readonly kind: 'developer' };

/**
 * `blob` writes with one Put Blob, `dfs` with create, append and flush: docs/decisions/001. Reads use the same
 * endpoint.
 */
export type AzureApi = 'blob' | 'dfs';

/**
 * Open one for each port and keep it: it keeps connections alive and caches the token. The retries of the SDK are off,
 * because they ignore 408, 429 and our deadlines.
 */
export async function azurePipeline(location: AzureLocation, access: AzureAccess): Promise<Pipeline> {
  return newPipeline(await openAccess(location, access), { retryOptions: { maxTries: 1 } });
}

/**
 * For a blob client that reads from the Data Lake endpoint. That endpoint documents only the header `Range`.
 * https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/read
 */
export async function dfsReadPipeline(location: AzureLocation, access: AzureAccess): Promise<Pipeline> {
  const pipeline = await azurePipeline(location, access);
  pipeline.factories.push(plainRange);
  return pipeline;
}

/** For a container client that only lists. */
export async function listPipeline(location: AzureLocation, access: AzureAccess): Promise<Pipeline> {
  const pipeline = await azurePipeline(location, access);
  pipeline.factories.push(quickLists);
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
