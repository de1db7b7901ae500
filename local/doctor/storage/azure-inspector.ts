// Through the endpoint that LAKE_API names, as the receiver goes: the other one may be closed.
import { Readable } from 'node:stream';
import { buffer as bytesOf } from 'node:stream/consumers';
import { BlobClient, ContainerClient, type Pipeline } from '@azure/storage-blob';
import { DataLakeFileSystemClient } from '@azure/storage-file-datalake';
import { isRecord } from '../../../shared/json/record.ts';
import { type AzureLocation, azurePipeline } from '../../../shared/lake/azure/azure-lake.ts';
import { errorCodeOf } from '../../../shared/lake/azure/storage-error.ts';
import type { LakeAccess, LakeApi } from '../../../shared/lake/lake.ts';
import type { LakeInspector } from './lake-inspector.ts';

export async function azureInspector(
  location: AzureLocation,
  access: LakeAccess,
  api: LakeApi,
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
        // The service tells it to holders of the account's key: https://learn.microsoft.com/rest/api/storageservices/get-account-information
        if (!isForbidden(error)) throw error;
        return await isNamespaceEnabled(dfsUrl, pipeline, abortSignal).catch(() => undefined);
      }
    },
    remove: async (path, abortSignal) => {
      await container.deleteBlob(path, { abortSignal });
      await container.deleteBlob(folderOf(path), { abortSignal }).catch(() => undefined);
    },
    list: async (folder, namesBegin, abortSignal) => {
      const names: string[] = [];
      const found = container.listBlobsByHierarchy('/', { prefix: `${folder}${namesBegin}`, abortSignal });
      for await (const item of found) if (item.kind === 'blob') names.push(item.name);
      return names;
    },
    read: async (path, abortSignal) =>
      await container.getBlobClient(path).downloadToBuffer(undefined, undefined, { abortSignal }),
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
    remove: async (path, abortSignal) => {
      await fileSystem.getFileClient(path).delete(false, { abortSignal });
      const folder = fileSystem.getDirectoryClient(folderOf(path));
      await folder.delete(false, { abortSignal }).catch(() => undefined);
    },
    list: async (folder, namesBegin, abortSignal) => {
      try {
        const names: string[] = [];
        const path = folder.replace(/\/$/, '');
        const options = { recursive: false, abortSignal, ...(path === '' ? {} : { path }) };
        for await (const { name } of fileSystem.listPaths(options))
          if (name?.startsWith(`${folder}${namesBegin}`) === true) names.push(name);
        return names;
      } catch (error) {
        // Nothing was written there yet.
        if (errorCodeOf(error) === 'PathNotFound') return [];
        throw error;
      }
    },
    // The SDK's Data Lake client reads through the Blob endpoint; a blob client from whatever address it is given.
    read: async (path, abortSignal) => {
      const blob = new BlobClient(fileSystem.getFileClient(path).url, pipeline);
      const { readableStreamBody } = await blob.download(undefined, undefined, { abortSignal });
      return readableStreamBody === undefined ? new Uint8Array() : await bytesOf(Readable.from(readableStreamBody));
    },
  };
}

/** Get Filesystem Properties of the Data Lake endpoint; a blob client's HEAD is one to whatever address it is given. */
async function isNamespaceEnabled(dfsUrl: string, pipeline: Pipeline, abortSignal: AbortSignal): Promise<boolean> {
  const { _response } = await new BlobClient(`${dfsUrl}?resource=filesystem`, pipeline).getProperties({ abortSignal });
  return _response.headers.get('x-ms-namespace-enabled') === 'true';
}

function isForbidden(error: unknown): boolean {
  return isRecord(error) && (error['statusCode'] === 403 || error['statusCode'] === 401);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
