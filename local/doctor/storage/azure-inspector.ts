// Asks through the endpoint of LAKE_API, as the receiver does. The other endpoint may be closed.
import { BlobClient, ContainerClient, type Pipeline } from '@azure/storage-blob';
import { DataLakeFileSystemClient } from '@azure/storage-file-datalake';
import { isForbidden } from '../../../shared/lake/azure/azure-error.ts';
import type { AzureLocation } from '../../../shared/lake/azure/azure-location.ts';
import { type AzureAccess, type AzureApi, azurePipeline } from '../../../shared/lake/azure/azure-pipeline.ts';
import type { LakeInspector } from './lake-inspector.ts';

export async function azureInspector(
  location: AzureLocation,
  access: AzureAccess,
  api: AzureApi,
): Promise<LakeInspector> {
  const pipeline = await azurePipeline(location, access);
  return api === 'blob' ? blobInspector(location, pipeline) : dfsInspector(location, pipeline);
}

function blobInspector({ blobUrl, dfsUrl }: AzureLocation, pipeline: Pipeline): LakeInspector {
  const container = new ContainerClient(blobUrl, pipeline);
  return {
    serverDate: async (abortSignal) => (await container.getProperties({ abortSignal })).date?.toUTCString(),
    isHierarchical: async (abortSignal) => {
      try {
        return (await container.getAccountInfo({ abortSignal })).isHierarchicalNamespaceEnabled === true;
      } catch (error) {
        // The service answers only with the account's key.
        // https://learn.microsoft.com/rest/api/storageservices/get-account-information
        if (!isForbidden(error)) throw error;
        return await isNamespaceEnabled(dfsUrl, pipeline, abortSignal).catch(() => undefined);
      }
    },
  };
}

function dfsInspector({ dfsUrl }: AzureLocation, pipeline: Pipeline): LakeInspector {
  const fileSystem = new DataLakeFileSystemClient(dfsUrl, pipeline);
  return {
    serverDate: async (abortSignal) => {
      const { value } = await fileSystem.listPaths({ recursive: false, abortSignal }).byPage({ maxPageSize: 1 }).next();
      return value?.date?.toUTCString();
    },
    isHierarchical: async (abortSignal) => {
      try {
        return await isNamespaceEnabled(dfsUrl, pipeline, abortSignal);
      } catch (error) {
        if (isForbidden(error)) return undefined;
        throw error;
      }
    },
  };
}

/** Calls Get Filesystem Properties of the Data Lake endpoint. A blob client sends its HEAD to any address. */
async function isNamespaceEnabled(dfsUrl: string, pipeline: Pipeline, abortSignal: AbortSignal): Promise<boolean> {
  const { _response } = await new BlobClient(`${dfsUrl}?resource=filesystem`, pipeline).getProperties({ abortSignal });
  return _response.headers.get('x-ms-namespace-enabled') === 'true';
}
